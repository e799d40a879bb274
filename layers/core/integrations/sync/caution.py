"""After a worker died: smaller batches, until the batch that it died in is passed. Pure.

A worker that dies leaves no word. Known is where it was (the checkpoint) and how many died there in a row
(`Lease.recoveries`). Each death cuts the next batch to an eighth of the one that died, which is remembered until it is
passed; so the cuts stack up, and who has passed the innermost one goes on with the size of the one around it.
"""

from integrations.domain.errors import RecordRejected
from integrations.domain.job import BatchCut

CUT_FACTOR = 8
FIRST_CUT_MAXIMUM = 125
"""An eighth of 1,000: from there three deaths lead to single records, whatever a service takes at once."""
TRIES_ALONE_MAXIMUM = 2


def cut_after(cuts: tuple[BatchCut, ...], deaths: int, records_at_once: int) -> tuple[BatchCut, ...]:
    """The cuts after so many deaths in a row at one place, where `records_at_once` is what a batch has uncut."""
    size = min(records_at_once, cuts[-1].records) if cuts else records_at_once
    for _ in range(deaths):
        smaller = max(1, min(size // CUT_FACTOR, FIRST_CUT_MAXIMUM))
        cuts = (*cuts, BatchCut(smaller, left=size))
        size = smaller
    return cuts


def cuts_past(cuts: tuple[BatchCut, ...], records: int) -> tuple[BatchCut, ...]:
    """The cuts that still count once so many records more were passed."""
    return tuple(BatchCut(cut.records, cut.left - records) for cut in cuts if cut.left > records)


def poison() -> RecordRejected:
    """What is said of a record that no worker survives."""
    message = (
        f"its worker stopped dead {TRIES_ALONE_MAXIMUM} times while it was exchanged alone; it is skipped until it "
        "changes: look for a value of extraordinary size or depth"
    )
    return RecordRejected(message, code="poison")
