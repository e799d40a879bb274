"""Loops on the deployed stack: contacts pushed, and looked up again."""

import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.e2e.connected import ConnectedService, Connector
from tests.e2e.platform import Platform

pytestmark = pytest.mark.stack

MAPPINGS = [
    {"source": "fields.email", "target": "email", "transform": None},
    {"source": "fields.firstName", "target": "firstName", "transform": None},
    {"source": "fields.plan", "target": "userGroup", "transform": None},
]
UPDATE = "/contacts/update"


@dataclass(frozen=True)
class Team:
    """An integration with the simulated team, whose contacts are of this test alone."""

    connected: ConnectedService
    domain: str

    def write(self, number: int, **fields: object) -> None:
        """An entity that makes a contact."""
        email = f"c{number:03}@{self.domain}"
        self.connected.write(
            f"c{number:03}", **{"email": email, "firstName": f"Name {number}", "plan": "pro", **fields}
        )

    def contacts(self) -> dict[str, dict[str, Any]]:
        """The test's contacts, by the name before the @."""
        found = self.connected.simulator.admin("GET", "dump")["documents"]
        return {each["email"].partition("@")[0]: each for each in found if each["email"].endswith(f"@{self.domain}")}


def team_of(connect_to: Connector) -> Team:
    access = connect_to.platform.stack["simulators"]["loops"]
    name = uuid.uuid4().hex[:12]
    config, credentials = {"apiHost": access["url"]}, {"apiKey": access["apiKey"]}
    connected = connect_to("loops", config, MAPPINGS, credentials, {f"subscriber_{name}": "contact"})
    return Team(connected, f"{name}.example.com")


@pytest.fixture
def team(connect_to: Connector) -> Team:
    """A team with nothing pushed."""
    return team_of(connect_to)


def test_contacts_are_pushed_once_and_a_change_is_one_request(team: Team) -> None:
    for number in range(12):
        team.write(number)
    job = team.connected.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": 12, "completed": 12, "failed": 0})
    contacts = team.contacts()
    assert {name: (each["firstName"], each["userGroup"], each["subscribed"]) for name, each in contacts.items()} == {
        f"c{number:03}": (f"Name {number}", "pro", True) for number in range(12)
    }
    simulator = team.connected.simulator
    simulator.forget_requests()
    assert team.connected.push()["progress"]["failed"] == 0
    assert simulator.requests() == []
    team.write(3, plan="team")
    team.connected.push()
    assert [request["email"] for request in simulator.requests(UPDATE)] == [f"c003@{team.domain}"]
    assert team.contacts()["c003"]["userGroup"] == "team"


def test_a_pull_looks_contacts_up_and_writes_only_what_changed(team: Team) -> None:
    for number in range(12):
        team.write(number)
    team.connected.push()
    before = team.connected.entities()
    assert team.connected.pull()["progress"] == {"total": 12, "completed": 12, "failed": 0}
    assert team.connected.entities() == before
    edit = {"id": f"c004@{team.domain}", "set": {"firstName": "Edited"}}
    team.connected.simulator.admin("POST", "edit", edit)
    assert team.connected.pull()["progress"]["failed"] == 0
    after = team.connected.entities()
    assert after["c004"]["fields"]["firstName"] == "Edited"
    assert {**after, "c004": None} == {**before, "c004": None}


def test_a_refused_contact_fails_alone_and_its_log_line_says_why(team: Team) -> None:
    for number in range(4):
        team.write(number)
    team.write(2, firstName="x" * 501)
    job = team.connected.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": 4, "completed": 3, "failed": 1})
    entity_id = team.connected.entity_id("c002")
    assert [entry for entry in job["logs"] if entry["message"].startswith(f"{entity_id}:")]
    assert set(team.contacts()) == {"c000", "c001", "c003"}


def test_two_integrations_of_two_projects_share_one_keys_rate(
    team: Team, connect_to: Connector, platform: Platform
) -> None:
    other = platform.for_project("another")
    theirs = team_of(replace(connect_to, platform=other))
    for number in range(60):
        team.write(number)
        theirs.write(number)
    simulator = team.connected.simulator
    simulator.forget_requests()
    started = time.monotonic()
    jobs = [platform.trigger(team.connected.id, direction="push"), other.trigger(theirs.connected.id, direction="push")]
    ended = [platform.wait(jobs[0]), other.wait(jobs[1])]
    elapsed_seconds = time.monotonic() - started
    other.http.close()
    assert [job["progress"]["completed"] for job in ended] == [60, 60]
    assert len(team.contacts()) == len(theirs.contacts()) == 60
    requests = simulator.requests(UPDATE)
    refused = [request for request in requests if request["status"] == 429]
    print(f"two projects, 120 contacts: {elapsed_seconds:.1f} s, {len(refused)} of {len(requests)} refused")
    assert len(refused) <= 0.01 * len(requests) + 1
    assert elapsed_seconds <= 1.25 * 12 + 5
