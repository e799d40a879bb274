import json

import httpx
import pytest

from integrations.domain.errors import ConfigurationRefused, ReconnectRequired, RetryLater
from tests.unit.providers.loops.conftest import outgoing

LISTED = [{"key": "planName", "label": "Plan name", "type": "string"}, {"label": "odd"}, "odd"]


class Properties:
    """Lists and makes properties; updates are taken."""

    def __init__(self, listed=LISTED, made=200):
        self.listed, self.made = listed, made
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        if not request.url.path.endswith("/properties"):
            return httpx.Response(200, json={"success": True})
        if request.method == "GET":
            return self.listed if isinstance(self.listed, httpx.Response) else httpx.Response(200, json=self.listed)
        return httpx.Response(self.made, json={"success": self.made == 200, "message": "No."})

    def made_kinds(self):
        bodies = [json.loads(request.content) for request in self.requests if request.method == "POST"]
        return {body["name"]: body["type"] for body in bodies}


def with_values(number, **values):
    return outgoing(number, targets={"email": f"p{number}@example.com", **values})


def test_standard_properties_need_no_list(open_provider):
    service = Properties()
    open_provider(service).push_batch([with_values(1, firstName="Ann", **{"mailingLists.l1": True})], "job")
    assert [request.method for request in service.requests] == ["PUT"]


def test_the_list_is_asked_for_once(open_provider):
    service = Properties()
    provider = open_provider(service)
    for number in range(3):
        provider.push_batch([with_values(number, planName="Pro")], "job")
    assert [str(request.url.query) for request in service.requests if request.method == "GET"] == ["b'list=all'"]


def test_the_kind_is_that_of_all_values_of_the_batch(open_provider):
    service = Properties()
    records = [with_values(1, a=1, b=True, c="x", d=1, e=None), with_values(2, a=2.5, b=False, c="2026-01-01", d="x")]
    open_provider(service, {"createProperties": True}).push_batch(records, "job")
    assert service.made_kinds() == {"a": "number", "b": "boolean", "c": "string", "d": "string"}
    bodies = [json.loads(request.content) for request in service.requests if request.method == "PUT"]
    assert all("e" not in body for body in bodies)


def test_one_that_cant_be_made_is_named(open_provider):
    with pytest.raises(ConfigurationRefused) as refused:
        open_provider(Properties(made=400), {"createProperties": True}).push_batch([with_values(1, city="X")], "job")
    assert (refused.value.code, "city" in refused.value.message) == ("property_refused", True)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(401), ReconnectRequired),
        (httpx.Response(500), RetryLater),
        (httpx.Response(200, json={}), RetryLater),
        (httpx.Response(200, content=b"["), RetryLater),
    ],
)
def test_without_the_list_nothing_is_sent(open_provider, answer, error):
    service = Properties(listed=answer)
    with pytest.raises(error):
        open_provider(service).push_batch([with_values(1, city="X")], "job")
    assert {request.method for request in service.requests} == {"GET"}
