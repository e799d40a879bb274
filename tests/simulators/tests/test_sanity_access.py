"""Who may do what: projects, datasets, versions, tokens, roles."""

from collections.abc import Callable

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.sanity_calls import SanityCalls

COUNT = "count(*[0...1])"
CallsAs = Callable[..., SanityCalls]


@pytest.mark.parametrize(
    ("token", "code", "message"),
    [
        ("nobody", "SIO-401-ANF", "Session not found"),
        ("sim-elsewhere", "SIO-401-AWH", "Session does not match project host"),
        ("sim-expired", "SIO-401-AEX", "Session has expired"),
        (None, "SIO-401-ANF", "Session not found"),
    ],
)
def test_a_token_that_is_not_good_is_refused_with_its_code(
    calls_as: CallsAs, token: str | None, code: str, message: str
) -> None:
    answer = calls_as(token).query(COUNT)
    assert answer.status_code == 401
    assert answer.json() == {"statusCode": 401, "error": "Unauthorized", "message": message, "errorCode": code}


def test_a_viewer_reads_but_may_not_mutate_not_even_in_a_dry_run(calls_as: CallsAs) -> None:
    viewer = calls_as("sim-viewer")
    assert viewer.query(COUNT).json()["result"] == 0
    mutations = ({"createIfNotExists": {"_id": "a", "_type": "post"}}, {"patch": {"id": "a", "set": {"x": 1}}})
    answer = viewer.mutate(*mutations, dryRun="true")
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["type"] == "mutationError"
    assert error["description"].endswith('Insufficient permissions; permission "create" required')
    assert [(item["index"], item["error"]["type"], item["error"]["permission"]) for item in error["items"]] == [
        (0, "insufficientPermissionsError", "create"),
        (1, "insufficientPermissionsError", "update"),
    ]


def test_a_public_dataset_shows_root_ids_to_anyone_and_takes_no_mutation(calls_as: CallsAs, admin: AdminClient) -> None:
    admin.configure(publicDataset=True)
    admin.seed([{"_id": "a", "_type": "post"}, {"_id": "inner.b", "_type": "post"}])
    anyone = calls_as(None)
    assert anyone.changed_ids(perspective="raw") == ["a"]
    assert anyone.documents("a", "inner.b")["omitted"] == [{"id": "inner.b", "reason": "permission"}]
    assert anyone.mutate({"delete": {"id": "a"}}).status_code == 401


def test_another_project_and_another_dataset_are_not_found_in_the_form_switched_to(
    calls_as: CallsAs, calls: SanityCalls, admin: AdminClient
) -> None:
    stranger = calls_as(project_id="other")
    answer = stranger.query(COUNT)
    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")
    answer = calls.http.get("/v2025-02-19/data/query/staging", params={"query": COUNT})
    assert (answer.status_code, answer.json()["statusCode"]) == (404, 404)
    assert answer.json()["message"].startswith("Dataset not found")
    admin.configure(notFoundForm="described")
    answer = calls.http.get("/v2025-02-19/data/query/staging", params={"query": COUNT})
    assert answer.json()["error"]["description"].startswith("Dataset not found")


@pytest.mark.parametrize(
    ("version", "status"),
    [("v2025-02-19", 200), ("v1", 200), ("vX", 200), ("v2025-13-01", 400), ("2025-02-19", 400), ("v2", 400)],
)
def test_the_version_must_be_v_and_a_date(calls: SanityCalls, version: str, status: int) -> None:
    assert calls.http.get(f"/{version}/data/query/production", params={"query": COUNT}).status_code == status


def test_an_unknown_route_and_a_wrong_method_are_not_found(calls: SanityCalls) -> None:
    assert calls.http.get("/v2025-02-19/data/export/production").status_code == 404
    assert calls.http.get("/v2025-02-19/data/mutate/production").status_code == 404
    assert calls.http.get("/v2025-02-19/other").status_code == 404


def test_tokens_can_be_replaced_while_it_runs(calls_as: CallsAs, admin: AdminClient) -> None:
    admin.configure(tokens=[{"token": "fresh", "role": "administrator"}])
    assert calls_as("fresh").query(COUNT).status_code == 200
    assert calls_as("sim-editor").query(COUNT).status_code == 401
