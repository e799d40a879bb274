"""What a run used: calls to DynamoDB and their units, requests to the service, slices, time."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Usage:
    """A `Meter` that adds up by operation."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0
    write_units: float = 0

    def __call__(self, operation: str, *, read_units: float = 0, write_units: float = 0) -> None:
        self.calls[operation] += 1
        self.read_units += read_units
        self.write_units += write_units


@dataclass(frozen=True, slots=True)
class Measured:
    """A run over `records` of one kind."""

    label: str
    records: int
    calls: dict[str, int]
    read_units: float
    write_units: float
    requests: int
    slices: int
    seconds: float

    def per_thousand(self, amount: float) -> float:
        """The amount for each 1,000 records."""
        return amount * 1_000 / self.records

    @property
    def calls_total(self) -> int:
        """All calls to DynamoDB."""
        return sum(self.calls.values())

    def __str__(self) -> str:
        calls, reads, writes = map(self.per_thousand, (self.calls_total, self.read_units, self.write_units))
        return f"{self.label:34} {calls:7.1f} calls  {reads:7.1f} read  {writes:7.1f} write  {self.requests:4} requests"
