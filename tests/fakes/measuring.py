"""A service in memory that measures pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.providers.contract import ConnectionReport, Figures, Notice, PullPage, RemoteRecord

PAGE_SIZE = 3


@dataclass
class FakeFigures:
    """A sum of views."""

    views: int = 0

    def add(self, document: Mapping[str, Any]) -> None:
        self.views += document["views"]

    def document(self) -> Mapping[str, Any]:
        return {"views": self.views}


@dataclass
class FakeMeasuring:
    """`MeasuringProvider`: `rows` are (page, views)."""

    rows: Sequence[tuple[str, int]] = ()
    notices: tuple[Notice, ...] = ()
    canonical_address: str = "fake"
    settling_ms: int = 0
    pages: list[int] = field(default_factory=list)

    def check(self) -> ConnectionReport:
        return ConnectionReport(connected=True, latency_ms=1)

    def close(self) -> None:
        return None

    def first_figures_cursor(self) -> Mapping[str, Any]:
        return {"start": 0}

    def figures_page(self, cursor: Mapping[str, Any]) -> PullPage:
        start = cursor["start"]
        self.pages.append(start)
        rows = self.rows[start : start + PAGE_SIZE]
        records = tuple(RemoteRecord(page, "row", {"page": page, "views": views}) for page, views in rows)
        return PullPage(records, {"start": start + PAGE_SIZE} if rows else None, notices=self.notices)

    def figures_of(self, name: str) -> Figures:
        return FakeFigures()
