"""A batch in the portions that caution allows: one, unless a worker died nearby."""

from collections.abc import Callable, Iterator, Sequence

from integrations.sync.ledger import Ledger


def portions[T](
    ledger: Ledger, items: Sequence[T], records_at_once: int, id_of: Callable[[T], str]
) -> Iterator[tuple[Sequence[T], bool]]:
    """Consecutive portions, each as large as is allowed when it is taken. True goes with a single record that killed
    its worker twice alone: it is to be failed as `poison`, and not tried again. Each has to be committed."""
    ledger.take_care(records_at_once)
    start = 0
    while start < len(items):
        at_once = ledger.batch_maximum
        portion = items[start : start + min(records_at_once, at_once or records_at_once)]
        yield portion, at_once == 1 and ledger.is_poison(id_of(portion[0]))
        start += len(portion)
