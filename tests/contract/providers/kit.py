"""What a service brings along to be tried against the contract of `integrations.providers.contract`.

A new service writes one `ServiceKit` around its simulator, gives it as the fixture `kit`, and inherits the suites of
`conformance` for what it can do; nothing in there is about one service.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import OutgoingRecord, Provider
from tests.simulators.admin_client import AdminClient


@dataclass(frozen=True, slots=True)
class ServiceKit:
    """`open_with(settings, refused)` opens the provider, with credentials that the service refuses if `refused`.

    `record(n)` is a record that is accepted, `bad_record(n)` one that the service refuses for its content. Paths are
    parts of a request's path by which faults and the request log find the calls of a kind. `seed(n)` stores n records
    in the service, `stored` says what is stored, by id, without revisions and times. `requests_with_a_bad_record` is
    how many requests a batch with one bad record may take. `page_records` is the size of a pulled page,
    `requests_when_empty` how many calls it takes to see that there is nothing to pull. Without `has_change_feed` every
    pull is a full one. `push_is_idempotent` where sending twice is harmless, so that a lost answer is asked for again
    at once. `missing_id` is an id that no record has.
    """

    admin: AdminClient
    open_with: Callable[[ConnectionSettings, bool], Provider]
    settings: ConnectionSettings
    secrets: tuple[str, ...]
    remote_types: tuple[str, ...]
    first_check_path: str
    record: Callable[[int], OutgoingRecord] | None = None
    bad_record: Callable[[int], OutgoingRecord] | None = None
    requests_with_a_bad_record: int = 0
    push_path: str = ""
    pull_path: str = ""
    read_path: str = ""
    delete_path: str = ""
    seed: Callable[[int], list[str]] | None = None
    page_records: int = 0
    requests_when_empty: int = 1
    stored: Callable[[], dict[str, dict[str, Any]]] | None = None
    has_change_feed: bool = True
    push_is_idempotent: bool = False
    missing_id: str = "missing"
