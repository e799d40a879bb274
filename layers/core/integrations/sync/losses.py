"""How much may go at once: a slip in one place must not empty the other."""

from collections.abc import Iterator
from dataclasses import dataclass

from integrations.domain.entity import EntityStamp
from integrations.domain.link import Link
from integrations.sync.run import STAMPS_PER_PAGE, Terms

COUNTED_MS = 24 * 60 * 60 * 1_000
LINKED_MINIMUM = 10
PERCENT_MAXIMUM = 20


@dataclass(frozen=True, slots=True)
class Losses:
    """Of `linked` records, those that went within 24 hours included, `gone` are deleted and `going` are to go now."""

    linked: int
    gone: int
    going: int

    @property
    def are_too_many(self) -> bool:
        """Whether somebody should look first."""
        share = (self.gone + self.going) * 100
        return self.linked >= LINKED_MINIMUM and share > PERCENT_MAXIMUM * self.linked

    def message(self, remedy: str) -> str:
        """What happened, and what to do."""
        return (
            f"{self.gone + self.going} of {self.linked} linked records would be gone within 24 hours; over "
            f"{PERCENT_MAXIMUM} % nothing more is deleted or archived. {remedy}"
        )


def linked_stamps(terms: Terms) -> Iterator[tuple[EntityStamp, Link]]:
    """Every entity of the mapped types that has a link, with it."""
    for entity_type in sorted(terms.entity_types):
        after = ""
        while stamps := terms.entities.stamps(terms.scope[0], entity_type, after, STAMPS_PER_PAGE):
            links = terms.links.between(*terms.scope, after, stamps[-1].id)
            yield from ((stamp, links[stamp.id]) for stamp in stamps if stamp.id in links)
            after = stamps[-1].id
            if len(stamps) < STAMPS_PER_PAGE:
                break


def went_lately(terms: Terms, link: Link) -> bool:
    """Whether the link's record was deleted within the time that counts."""
    return link.deleted_at is not None and terms.clock() - link.deleted_at < COUNTED_MS


def losses_by_archiving(terms: Terms) -> Losses:
    """What a push is about to delete, all of its batches together."""
    linked = gone = going = 0
    for stamp, link in linked_stamps(terms):
        is_gone = went_lately(terms, link)
        linked += is_gone or link.deleted_at is None
        gone += is_gone
        going += stamp.archived_at is not None and link.deleted_at is None
    return Losses(linked, gone, going)
