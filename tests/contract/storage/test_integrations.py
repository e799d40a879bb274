import pytest

from integrations.domain.integration import StatusReason
from integrations.storage.credentials import CredentialStore
from integrations.storage.integration_items import ATTRIBUTES, integration_to_item
from tests.contract.storage.world import NOW, DynamoWorld, World, an_integration

REASON = StatusReason("credentials_refused", "renew the token", NOW)
FULL = an_integration(
    name="Zoë",
    status="error",
    version=4,
    mapping_version=3,
    credentials_set=True,
    last_sync_at=NOW,
    status_reason=REASON,
    schedule={"everyMinutes": 60},
    resumes_as="pending",
)


@pytest.mark.parametrize("integration", [an_integration(), FULL])
def test_an_integration_is_found_as_it_was_created(world: World, integration):
    assert world.integrations.create(integration)
    assert world.integrations.find("demo", "one") == integration
    assert world.integrations.find("other", "one") is None
    assert world.integrations.find("demo", "two") is None


def test_an_id_that_is_taken_is_not_created_again(world: World):
    world.integrations.create(an_integration())
    assert not world.integrations.create(an_integration(name="Other"))
    assert world.integrations.find("demo", "one") == an_integration()


def test_every_integration_of_the_project_is_listed(world: World):
    for id in ("two", "one", "three"):
        world.integrations.create(an_integration(id))
    assert list(world.integrations.list("demo")) == [an_integration(id) for id in ("one", "three", "two")]
    assert list(world.integrations.list("other")) == []


def test_more_integrations_than_one_page_holds_are_listed(dynamo: DynamoWorld):
    expected = [an_integration(f"i{number}", config={"note": "x" * 300_000}) for number in range(5)]
    for integration in expected:
        dynamo.integrations.create(integration)
    assert dynamo.integrations.list("demo") == expected
    assert dynamo.units.calls.count("Query") > 1


@pytest.mark.parametrize(
    ("status", "connected", "refused"),
    [
        ("pending", "active", "error"),
        ("error", "active", "error"),
        ("active", "active", "error"),
        ("inactive", "inactive", "inactive"),
    ],
)
def test_a_connection_test_changes_no_inactive_integration(world: World, status, connected, refused):
    world.integrations.create(an_integration("c", status=status))
    world.integrations.create(an_integration("r", status=status))
    assert world.integrations.mark_connected("demo", "c", 0) == (status in ("pending", "error"))
    assert world.integrations.mark_refused("demo", "r", REASON, 0) == (status != "inactive")
    assert world.integrations.find("demo", "c") == an_integration("c", status=connected)
    reason = None if status == "inactive" else REASON
    assert world.integrations.find("demo", "r") == an_integration("r", status=refused, status_reason=reason)


def test_a_success_takes_the_reason_of_an_error_away(world: World):
    world.integrations.create(an_integration(status="error", status_reason=REASON))
    world.integrations.mark_connected("demo", "one", 0)
    assert world.integrations.find("demo", "one") == an_integration()


def test_what_was_found_of_replaced_credentials_is_not_kept(world: World):
    integration = an_integration(status="pending", credentials_version=2)
    world.integrations.create(integration)
    assert not world.integrations.mark_connected("demo", "one", 1)
    assert not world.integrations.mark_refused("demo", "one", REASON, 1)
    assert world.integrations.find("demo", "one") == integration


def test_a_status_is_set_over_inactive_only_where_that_is_asked(world: World):
    world.integrations.create(an_integration(status="inactive"))
    assert not world.integrations.set_status("demo", "one", "pending", REASON)
    assert world.integrations.set_status("demo", "one", "pending", REASON, over_inactive=True)
    assert world.integrations.find("demo", "one") == an_integration(status="pending", status_reason=REASON)


def test_an_integration_that_is_missing_gets_no_status(world: World):
    assert not world.integrations.set_status("demo", "one", "active", None, over_inactive=True)
    assert not world.integrations.mark_connected("demo", "one", 0)
    assert not world.integrations.mark_refused("demo", "one", REASON, 0)
    assert world.integrations.find("demo", "one") is None


def test_ciphertexts_never_leave_the_table_with_the_integration(dynamo: DynamoWorld):
    dynamo.integrations.create(an_integration())
    CredentialStore(dynamo.table).put_credentials("demo", "one", b"planted", b"planted too")
    dynamo.integrations.find("demo", "one")
    dynamo.integrations.list("demo")
    reads = [parameters for name, parameters in dynamo.client.calls if name in ("get_item", "query")]
    assert len(reads) == 2
    for parameters in reads:
        names = set(parameters["ExpressionAttributeNames"].values())
        assert parameters["ProjectionExpression"]
        assert names == set(ATTRIBUTES)


def test_every_attribute_of_an_integration_is_read():
    assert set(integration_to_item(FULL)) == set(ATTRIBUTES)


def test_a_reason_alone_leaves_the_status_as_it_is(world: World):
    world.integrations.create(an_integration(status="pending"))
    assert world.integrations.set_status("demo", "one", None, REASON)
    found = world.integrations.find("demo", "one")
    assert found is not None
    assert (found.status, found.status_reason) == ("pending", REASON)
