"""Runs MiniStack in the foreground, with the handlers' interpreter given as the only argument.

MiniStack starts handlers with its own interpreter, whose packages they would then see: a package missing from a layer
would go unnoticed. So it is told of another one, which has what the Lambda runtime has. And it asks for rights to
schedules as if all were in the group `default`: so it is told of the group that a call names.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any


def name_the_group(resource_of: Callable[..., str]) -> Callable[..., str]:
    """The resource that a call needs rights to, as MiniStack's own function tells it but for the schedule's group."""

    def named(
        service: str, method: str, path: str, headers: object, body: bytes, query: Mapping[str, Any], *rest: str
    ) -> str:
        resource = resource_of(service, method, path, headers, body, query, *rest)
        if service != "scheduler" or ":schedule/default/" not in resource:
            return resource
        group = json.loads(body).get("GroupName") if body else query.get("groupName")
        group = group[0] if isinstance(group, list) else group
        return resource.replace(":schedule/default/", f":schedule/{group or 'default'}/")

    return named


if __name__ == "__main__":
    sys.executable = sys.argv.pop(1)

    from ministack.app import main
    from ministack.core import iam_actions

    iam_actions.extract_resource_arn = name_the_group(iam_actions.extract_resource_arn)
    main()
