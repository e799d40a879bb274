"""What syncs cost: calls to DynamoDB and units, as our storage counts them, and requests to the service."""

from collections.abc import Iterator

from tests.benchmarks.consumed import Consumed
from tests.benchmarks.exchange import DEMO_MAPPINGS, Exchange, fields_of
from tests.benchmarks.place import Place
from tests.benchmarks.usage import Measured

RECORDS = 1_000
CHANGED = RECORDS // 100
HOUR_SECONDS = 3_600
"""Between runs of the service's clock: beyond what an incremental pull reads again."""


def exchanges(place: Place, consumed: Consumed) -> Iterator[Measured]:
    """Runs of every kind over 1,000 entities with the demo's mappings, one after the other; and one over none, since
    a job itself costs something too."""
    exchange = Exchange(place, "int_bench", {"article": "post"}, consumed=consumed)
    exchange.connect()
    yield exchange.run("push of nothing: the job", "push", "full", 0)
    exchange.write_entities(RECORDS)
    yield exchange.run("first push", "push", "full", RECORDS)
    yield exchange.run("push, nothing changed", "push", "full", RECORDS)
    exchange.admin.set_clock(advanceSeconds=HOUR_SECONDS)
    exchange.change_entities(range(0, RECORDS, RECORDS // CHANGED))
    yield exchange.run("push, 1 % changed", "push", "full", RECORDS)
    yield exchange.run("pull, nothing changed", "pull", "full", RECORDS)
    exchange.admin.set_clock(advanceSeconds=HOUR_SECONDS)
    _edit(exchange, CHANGED)
    yield exchange.run("pull, 1 % changed", "pull", "full", RECORDS)
    yield _pull_of_new(place, consumed)


def _edit(exchange: Exchange, count: int) -> None:
    ids = [document["_id"] for document in exchange.admin.dump(type="post")]
    for document_id in ids[:: len(ids) // count]:
        exchange.admin.edit(document_id, set={"title": "Edited"})


def _pull_of_new(place: Place, consumed: Consumed) -> Measured:
    plain = tuple(mapping for mapping in DEMO_MAPPINGS if mapping.transform is None)
    exchange = Exchange(place, "int_new", {"page": "page"}, plain, consumed)
    exchange.connect()
    exchange.admin.seed({"_id": f"page-{n}", "_type": "page", **_document(n)} for n in range(RECORDS))
    return exchange.run("pull of new documents", "pull", "full", RECORDS)


def _document(number: int) -> dict[str, object]:
    fields = fields_of(number)
    return {"title": fields["title"], "seo": {"description": fields["description"]}}
