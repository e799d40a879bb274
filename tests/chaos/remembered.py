"""What the product has to remember of each integration, reckoned from both sides as they are, and nothing beyond it."""

from collections.abc import Iterable

from integrations.storage import keys
from integrations.storage.expressions import Query
from integrations.storage.failures import FailureStore
from integrations.storage.leases import lines_of_project
from integrations.storage.links import LinkStore
from integrations.storage.table import Table
from tests.chaos.lines import Line, scope_of
from tests.chaos.scenarios.scenario import differences

AFTER_ALL_IDS = "\U0010ffff"
WATERMARK = "CURSOR#"


def memory_violations(line: Line, table: Table) -> Iterable[str]:
    """Of links, failures, watermarks and the line itself."""
    for difference in link_violations(line, table):
        yield f"{line.name}: {difference}"
    for direction in ("push", "pull"):
        failures = FailureStore(table).page(*scope_of(line), direction, "", 1_000)
        if failures:
            yield f"{line.name}: {len(failures)} failures of a {direction} are left: {failures[0]}"
    yield from _standing_violations(line, table)


def link_violations(line: Line, table: Table) -> Iterable[str]:
    """Each entity has one link, to the record that it should have, with the entity's last change in it."""
    entities = line.platform.entities(line.scenario.entity_type)
    line.scenario.remember()
    expected = {
        entity_id: {"external id": remote_id, "updatedAt": entity["updatedAt"]}
        for entity_id, entity in entities.items()
        if (remote_id := line.scenario.remote_id(entity_id, entity["fields"])) is not None
    }
    links = LinkStore(table).between(*scope_of(line), "", AFTER_ALL_IDS)
    found = {
        entity_id: {"external id": link.external_id, "updatedAt": link.entity_updated_at}
        for entity_id, link in links.items()
    }
    remote_ids = [link.external_id for link in links.values()]
    doubled = {each for each in remote_ids if remote_ids.count(each) > 1}
    yield from differences("links", expected, found, doubled)


def _standing_violations(line: Line, table: Table) -> Iterable[str]:
    """Nothing stands in the line but the watermarks, and nobody holds it."""
    items = list(table.query(Query("#pk = :pk", {"pk": keys.standing(*scope_of(line))}, consistent=True)))
    found = {item["sk"].removeprefix(WATERMARK): item.get("value") for item in items}
    expected = line.scenario.watermarks()
    if found != expected:
        yield f"{line.name}: {found} stand in its line, should be the watermarks {expected}"
    (item,) = [each for each in lines_of_project(table, scope_of(line)[0]) if each["sk"] == line.id]
    held = {name: item[name] for name in ("owner", "dueAt", "leaseExpiresAt") if name in item}
    if held:
        yield f"{line.name}: its line is still held or due: {held}"
