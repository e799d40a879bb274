"""Every row of the service's error table, as reading and as pushing see it."""

import httpx
import pytest

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    PayloadTooLarge,
    RateLimited,
    ReconnectRequired,
    RetryLater,
)
from integrations.providers.contract import Rejected, Stale
from integrations.providers.refusals import MESSAGE_CHARACTERS_MAXIMUM
from tests.unit.providers.sanity.conftest import TOKEN
from tests.unit.providers.sanity.lake import outgoing


def boom(status, message="", code=None):
    body = {"statusCode": status, "error": "Phrase", "message": message}
    return httpx.Response(status, json=body | ({"errorCode": code} if code else {}))


def described(status, kind, description="", items=None):
    error = {"type": kind, "description": description}
    return httpx.Response(status, json={"error": error | ({"items": items} if items is not None else {})})


def item(kind, description="", index=1):
    return {"index": index, "error": {"type": kind, "description": description}}


STOPPING = [
    (boom(401, "Session not found", "SIO-401-ANF"), ReconnectRequired, "credentials_refused"),
    (boom(401, "Session has expired", "SIO-401-AEX"), ReconnectRequired, "credentials_expired"),
    (
        boom(401, "Session does not match project host", "SIO-401-AWH"),
        ReconnectRequired,
        "credentials_of_other_project",
    ),
    (httpx.Response(401), ReconnectRequired, "credentials_refused"),
    (boom(403, "Insufficient permissions"), ReconnectRequired, "permission_missing"),
    (
        described(
            403, "mutationError", "failed", [item("insufficientPermissionsError", 'permission "create" required')]
        ),
        ReconnectRequired,
        "permission_missing",
    ),
    (boom(404, "Dataset not found"), ConfigurationRefused, "dataset_not_found"),
    (described(404, "notFoundError", "Dataset not found"), ConfigurationRefused, "dataset_not_found"),
    (httpx.Response(302, headers={"location": "https://elsewhere.example"}), ConfigurationRefused, "redirected"),
    (httpx.Response(402), ConfigurationRefused, "request_refused"),
    (boom(429, "API rate limit exceeded"), RateLimited, "service_rate_limited"),
    (boom(503), RetryLater, "service_unavailable"),
]


@pytest.mark.parametrize(("answer", "error", "code"), STOPPING)
def test_what_stops_a_push_and_a_pull_alike(open_provider, answer, error, code):
    provider = open_provider(lambda request: answer)
    for call in (
        lambda: provider.push_batch([outgoing(1)], "job"),
        lambda: provider.pull_page(["post"], provider.first_cursor(None)),
        lambda: provider.read_records(["a"]),
    ):
        with pytest.raises(error) as failed:
            call()
        assert type(failed.value) is error
        assert failed.value.code == code


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_a_failing_service_leaves_a_push_open_and_a_reading_for_later(open_provider, status):
    provider = open_provider(lambda request: httpx.Response(status, text="Bad Gateway"))
    with pytest.raises(OutcomeUnknown):
        provider.push_batch([outgoing(1)], "job")
    with pytest.raises(RetryLater) as failed:
        provider.read_records(["a"])
    assert not isinstance(failed.value, OutcomeUnknown)


def test_a_query_that_isnt_understood_is_the_configurations_fault(open_provider):
    provider = open_provider(lambda request: described(400, "queryParseError", "expected ']'"))
    with pytest.raises(ConfigurationRefused) as failed:
        provider.pull_page(["post"], provider.first_cursor(None))
    assert failed.value.code == "query_refused"
    assert "expected ']'" in failed.value.message


def test_a_request_that_is_too_large_is_told_as_such_when_reading(open_provider):
    provider = open_provider(lambda request: httpx.Response(413))
    with pytest.raises(PayloadTooLarge):
        provider.read_records(["a"])


REFUSED_DOCUMENTS = [
    (400, "validationError", 'Malformed document ID: "…"', False),
    (409, "documentAlreadyExistsError", 'Document by ID "x" already exists', False),
    (409, "documentReferenceDoesNotExistError", 'Document "a" references non-existent document "b"', True),
    (409, "documentHasExistingReferencesError", 'Document "a" cannot be deleted', False),
    (422, "somethingNew", "Some words", False),
]


@pytest.mark.parametrize(("status", "kind", "description", "transient"), REFUSED_DOCUMENTS)
def test_a_refused_document_is_told_in_the_services_words(open_provider, status, kind, description, transient):
    answer = described(status, "mutationError", "Mutation(s) failed with 1 error(s)", [item(kind, description)])
    provider = open_provider(lambda request: answer)
    outcomes = provider.push_batch([outgoing(1)], "job")
    assert outcomes == [Rejected("entity-1", kind, description, transient=transient)]


@pytest.mark.parametrize("kind", ["documentRevisionIDDoesNotMatchError", "documentNotFoundError"])
def test_a_document_that_isnt_what_was_remembered_is_stale(open_provider, kind):
    provider = open_provider(lambda request: described(409, "mutationError", "failed", [item(kind)]))
    assert provider.push_batch([outgoing(1)], "job") == [Stale("entity-1")]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, text="plain text"),
        httpx.Response(400, json=["a list"]),
        httpx.Response(400, json={"error": {"type": 5, "description": {"no": "text"}, "items": "none"}}),
        httpx.Response(400, json={"error": {"type": "mutationError", "items": [5, {"index": "x", "error": None}]}}),
        httpx.Response(400, json={"error": {"type": "mutationError", "items": [{"index": 99, "error": {}}]}}),
        httpx.Response(409, content=b"\xff\xfe"),
        httpx.Response(400, content=b"[" * 200_000),
    ],
)
def test_a_refusal_in_no_known_form_still_refuses_the_document(open_provider, answer):
    provider = open_provider(lambda request: answer)
    (outcome,) = provider.push_batch([outgoing(1)], "job")
    assert isinstance(outcome, Rejected)
    assert outcome.message


def test_a_services_words_are_cut_and_never_hold_the_token(open_provider):
    words = f"you sent {TOKEN} " + "x" * 10_000
    provider = open_provider(lambda request: described(400, "mutationError", "failed", [item("odd", words)]))
    (outcome,) = provider.push_batch([outgoing(1)], "job")
    assert TOKEN not in outcome.message
    assert outcome.message.startswith("you sent [secret] ")
    assert len(outcome.message) == MESSAGE_CHARACTERS_MAXIMUM
    provider = open_provider(lambda request: boom(401, words))
    with pytest.raises(ReconnectRequired) as failed:
        provider.read_records(["a"])
    assert TOKEN not in repr(failed.value)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text='{"ms":1,"result":[{"_id":"a","_ty'),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"ms": 1}),
        httpx.Response(200, json={"result": {"no": "list"}, "documents": {"no": "list"}}),
        httpx.Response(200, json={"result": [{"_id": "a"}]}),
        httpx.Response(200, json={"result": [{"_id": "a", "_type": "post", "_updatedAt": "soon"}]}),
        httpx.Response(200, json={"result": ["a"]}),
    ],
)
def test_a_page_that_cant_be_read_may_be_read_later(open_provider, answer):
    provider = open_provider(lambda request: answer)
    with pytest.raises(RetryLater) as failed:
        provider.pull_page(["post"], provider.first_cursor(None))
    assert failed.value.code == "malformed_answer"


@pytest.mark.parametrize("answer", [httpx.Response(200, text="{"), httpx.Response(200, json={"documents": None})])
def test_documents_that_cant_be_read_may_be_read_later(open_provider, answer):
    with pytest.raises(RetryLater) as failed:
        open_provider(lambda request: answer).read_records(["a"])
    assert failed.value.code == "malformed_answer"
