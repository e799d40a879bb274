"""How many cases each operation got, what was answered, and whether that is enough to mean something."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SHARE_PERCENT_MINIMUM = 30
OTHERS_MINIMUM = 10
CASES_MINIMUM = 2_000
SHARED = frozenset({"trigger_sync", "test_connection", "preview_sync"})
"""Of these, and of what only reads, a share has to succeed; the others change what is configured, and need fewer."""
OTHER_METHOD = "(another method)"
CLASSES = (2, 4, 5)


@dataclass
class Counts:
    """Answers by operation, standing of the key (`sufficient`, `too low`, `no key`) and status."""

    by_case: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def add(self, rows: Iterable[tuple[str, str, int, int]]) -> None:
        """Another run's."""
        for operation, standing, status, number in rows:
            self.by_case[operation, standing, status] += number

    def rows(self) -> list[tuple[str, str, int, int]]:
        """All of them."""
        return [(*case, number) for case, number in sorted(self.by_case.items())]

    @property
    def total(self) -> int:
        """All cases."""
        return self.by_case.total()

    def of(self, operation: str, standing: str, status_class: int | None = None) -> int:
        """Cases of an operation; of one class of statuses, or all."""
        return sum(
            number
            for (name, whose, status), number in self.by_case.items()
            if (name, whose) == (operation, standing) and status_class in (None, status // 100)
        )

    def operations(self) -> list[str]:
        """Those of the document."""
        return sorted({name for name, _, _ in self.by_case} - {OTHER_METHOD})

    def table(self) -> str:
        """Markdown: for each operation the cases by key and class of status."""
        lines = [
            "| operation | sufficient key | 2xx | 4xx | 5xx | 2xx % | key too low | 2xx | no key | 2xx |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        return "\n".join([*lines, *(self._row(name) for name in [*self.operations(), OTHER_METHOD])])

    def _row(self, name: str) -> str:
        sufficient = [self.of(name, "sufficient"), *(self.of(name, "sufficient", each) for each in CLASSES)]
        others = [self.of(name, standing, each) for standing in ("too low", "no key") for each in (None, 2)]
        cells = [*sufficient, self.percent(name), *others]
        return f"| {name} | {' | '.join(map(str, cells))} |"

    def percent(self, operation: str) -> int:
        """Of the cases with a sufficient key, those that succeeded."""
        return self.of(operation, "sufficient", 2) * 100 // max(1, self.of(operation, "sufficient"))

    def shortcomings(self, documented: Mapping[str, str]) -> list[str]:
        """Why the cases prove too little, or what they prove wrong; `documented` has each operation's method."""
        found = [f"only {self.total} of {CASES_MINIMUM} cases"] if self.total < CASES_MINIMUM else []
        for name, method in documented.items():
            succeeded, percent = self.of(name, "sufficient", 2), self.percent(name)
            needs_share = method == "get" or name in SHARED
            if needs_share and percent < SHARE_PERCENT_MINIMUM:
                found.append(f"{name}: {percent} % succeeded, {SHARE_PERCENT_MINIMUM} % are needed")
            if not needs_share and succeeded < OTHERS_MINIMUM:
                found.append(f"{name}: {succeeded} cases succeeded, {OTHERS_MINIMUM} are needed")
        found += [
            f"{operation}: {number} answers were {status} ({standing})"
            for (operation, standing, status), number in sorted(self.by_case.items())
            if status >= 500 or (status < 400 and standing != "sufficient")
        ]
        return found
