"""The query index may lag behind the data; reading by id never does."""

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.sanity_calls import SanityCalls

CREATE = {"create": {"_id": "a", "_type": "post", "title": "first"}}
PATCH = {"patch": {"id": "a", "set": {"title": "second"}}}


def frozen_with_lag(admin: AdminClient, **switches: object) -> None:
    admin.set_clock(now="2026-05-01T12:00:00Z", frozen=True)
    admin.configure(lagSeconds=30, **switches)


def titles(calls: SanityCalls) -> list[str]:
    return [document["title"] for document in calls.changed()]


def test_a_query_sees_an_asynchronous_write_only_after_the_lag(calls: SanityCalls, admin: AdminClient) -> None:
    frozen_with_lag(admin)
    calls.mutate(CREATE, visibility="async")
    assert titles(calls) == []
    assert calls.document("a")["title"] == "first"
    admin.set_clock(advanceSeconds=29.9)
    assert titles(calls) == []
    admin.set_clock(advanceSeconds=0.2)
    assert titles(calls) == ["first"]


def test_a_synchronous_write_is_seen_at_once_and_an_older_one_does_not_undo_it(
    calls: SanityCalls, admin: AdminClient
) -> None:
    frozen_with_lag(admin)
    calls.mutate(CREATE, visibility="deferred")
    calls.mutate(PATCH, visibility="sync")
    assert titles(calls) == ["second"]
    admin.set_clock(advanceSeconds=60)
    assert titles(calls) == ["second"]


def test_a_late_index_lags_behind_synchronous_writes_too(calls: SanityCalls, admin: AdminClient) -> None:
    frozen_with_lag(admin, lagIgnoresSync=True)
    calls.mutate(CREATE, visibility="sync")
    assert titles(calls) == []
    assert admin.settle() == 1
    assert titles(calls) == ["first"]


def test_a_deleted_document_stays_in_the_index_for_the_lag(calls: SanityCalls, admin: AdminClient) -> None:
    admin.seed([{"_id": "a", "_type": "post", "title": "seeded"}])
    frozen_with_lag(admin)
    calls.mutate({"delete": {"id": "a"}}, visibility="async")
    assert calls.documents("a")["documents"] == []
    assert titles(calls) == ["seeded"]
    admin.set_clock(advanceSeconds=31)
    assert titles(calls) == []


def test_an_editors_change_is_subject_to_the_lag(calls: SanityCalls, admin: AdminClient) -> None:
    admin.seed([{"_id": "a", "_type": "post", "title": "seeded"}])
    frozen_with_lag(admin)
    admin.edit("a", set={"title": "edited"})
    assert titles(calls) == ["seeded"]
    assert calls.document("a")["title"] == "edited"
