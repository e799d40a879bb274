"""What a run used: calls to DynamoDB and their units, requests to the service, slices, time."""

from collections import Counter
from dataclasses import dataclass, field

from tests.benchmarks.consumed import Consumed


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

    def copy(self) -> "Usage":
        """As it is now."""
        return Usage(self.calls.copy(), self.read_units, self.write_units)

    def since(self, before: "Usage") -> "Usage":
        """What came after `before`."""
        reads, writes = self.read_units - before.read_units, self.write_units - before.write_units
        return Usage(self.calls - before.calls, reads, writes)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run over `records`, as our storage counted it; `peak_mib` is the process's memory at its peak until then."""

    label: str
    records: int
    usage: Usage
    consumed: Consumed
    requests: int
    slices: int
    seconds: float
    peak_mib: float

    def per_thousand(self, amount: float) -> float:
        """The amount for each 1,000 records; of a run without any, the whole."""
        return amount * 1_000 / (self.records or 1_000)

    @property
    def calls_per_thousand(self) -> float:
        """To DynamoDB."""
        return self.per_thousand(self.usage.calls.total())

    def __str__(self) -> str:
        reads, writes = map(self.per_thousand, (self.usage.read_units, self.usage.write_units))
        units = f"{self.calls_per_thousand:7.1f} calls {reads:8.1f} read {writes:8.1f} write units"
        return f"{self.label:28} {units} {self.requests:5} requests to the service"
