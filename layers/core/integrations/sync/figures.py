"""What a service measured, gathered page by page and matched with the entities that it was measured of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from integrations.domain.errors import ConfigurationRefused
from integrations.domain.integration import PageMatch
from integrations.mapping.page_address import PageAddress, page_address
from integrations.mapping.paths import parse_path, read_path
from integrations.providers.contract import Figures, MeasuringProvider, Notice
from integrations.sync.entity_work import entity_ids
from integrations.sync.run import RECORDS_PER_READ, Run

type Owners = Mapping[PageAddress, tuple[str, ...]]


@dataclass(slots=True)
class MeasuredPage:
    """An entity's figures, under the first of the names that the service has for its page."""

    figures: Figures
    name: str


@dataclass(slots=True)
class Measured:
    """What was measured: `pages` by entity id; `contested` by the page's name, with the entities that claim it; and the
    pages that are `nobodys`."""

    pages: dict[str, MeasuredPage] = field(default_factory=dict)
    contested: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nobodys: set[PageAddress] = field(default_factory=set)
    notices: dict[str, Notice] = field(default_factory=dict)


def measure(run: Run, provider: MeasuringProvider, match: PageMatch) -> Measured:
    """Reads the service's whole window. Raises `ServiceError`s, and `ConfigurationRefused` where a slice is too short
    for that."""
    owners, found = _owners(run, match), Measured()
    cursor: Mapping[str, Any] | None = provider.first_figures_cursor()
    while cursor is not None:
        if not run.has_time():
            message = "the figures of the whole window could not be read in one go; make config.windowDays smaller"
            raise ConfigurationRefused(message, code="window_too_large")
        run.ledger.keep_alive(run.call_seconds_maximum)
        page = provider.figures_page(cursor)
        for record in page.records:
            _add(found, owners, provider, record.document, match.target)
        found.notices |= {notice.key: notice for notice in page.notices}
        cursor = page.next_cursor
    return found


def _add(
    found: Measured, owners: Owners, provider: MeasuringProvider, document: Mapping[str, Any], target: str
) -> None:
    name = document.get(target)
    address = page_address(name)
    if address is None or not isinstance(name, str):
        return
    claims = {*owners.get(address, ()), *owners.get(address.on_any_host, ())}
    if not claims:
        found.nobodys.add(address)
    elif len(claims) > 1:
        found.contested[str(address)] = tuple(sorted(claims))
    else:
        page = found.pages.setdefault(claims.pop(), MeasuredPage(provider.figures_of(name), name))
        page.figures.add(document)
        page.name = min(page.name, name)


def _owners(run: Run, match: PageMatch) -> Owners:
    """The ids of the entities that name each page."""
    owners: dict[PageAddress, tuple[str, ...]] = {}
    path = parse_path(match.source)
    for entity_type in run.entity_types:
        for ids in batched(entity_ids(run, entity_type), RECORDS_PER_READ, strict=False):
            for entity in run.entities.read(run.scope[0], entity_type, ids).values():
                if entity.archived_at is not None or entity.problem is not None:
                    continue
                address = page_address(read_path(entity.as_source(), path))
                if address is not None:
                    owners[address] = (*owners.get(address, ()), entity.id)
    return owners
