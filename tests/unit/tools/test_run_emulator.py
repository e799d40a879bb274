"""What the emulator is told before it runs."""

from typing import Any

import pytest

from tools.stack.run_emulator import name_the_group


def theirs(service: str, *_: Any) -> str:
    return "arn:aws:scheduler:eu:1:schedule/default/one" if service == "scheduler" else "arn:other"


@pytest.mark.parametrize(
    ("service", "body", "query", "resource"),
    [
        ("scheduler", b'{"GroupName": "ours"}', {}, "arn:aws:scheduler:eu:1:schedule/ours/one"),
        ("scheduler", b"", {"groupName": ["ours"]}, "arn:aws:scheduler:eu:1:schedule/ours/one"),
        ("scheduler", b"{}", {}, "arn:aws:scheduler:eu:1:schedule/default/one"),
        ("sqs", b"no JSON", {}, "arn:other"),
    ],
)
def test_rights_to_a_schedule_are_those_to_its_group(service: str, body: bytes, query: dict[str, Any], resource: str):
    assert name_the_group(theirs)(service, "PUT", "/schedules/one", {}, body, query, "eu", "1") == resource
