"""The values of a query's placeholders, read as the columns they are compared with."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.simulators.posthog.errors import Refused, invalid
from tests.simulators.posthog.events import uuid_position
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.timestamps import CLICKHOUSE_FORM, moment_of

BEFORE_EVERY_UUID = (-1, -1)


@dataclass(frozen=True, slots=True)
class QueryValues:
    """`wrapped` names the placeholders that stand in `toDateTime(…)`. Every method raises `Refused` (400)."""

    given: Mapping[str, Any]
    wrapped: frozenset[str]
    switches: PostHogSwitches

    def text(self, name: str) -> str:
        """A string."""
        if name not in self.given:
            raise Refused(invalid(f"Unresolved placeholder: {{{name}}}"))
        value = self.given[name]
        if not isinstance(value, str):
            raise Refused(invalid(f"The simulator takes strings as values; {name} is {value!r}"))
        return value

    def texts(self, name: str) -> list[str]:
        """The strings of `{name_0}, {name_1}, …`; there is one at least."""
        following = (f"{name}_{number}" for number in itertools.count(1))
        return [self.text(f"{name}_0"), *map(self.text, itertools.takewhile(self.given.__contains__, following))]

    def moment(self, name: str) -> datetime:
        """A time; bare ones (outside `toDateTime`) in ClickHouse's own form if the switch wants it."""
        text = self.text(name)
        moment = moment_of(text)
        bare = name not in self.wrapped
        refused = bare and self.switches.timestamp_text_form == "clickhouse" and not CLICKHOUSE_FORM.fullmatch(text)
        if moment is None or refused:
            raise Refused(invalid(f"Cannot parse string '{text}' as DateTime64(6, 'UTC')", code="cannot_parse_text"))
        return moment

    def uuid_position(self, name: str) -> tuple[int, int] | str:
        """A uuid's place in the order of uuids; the empty text comes first where the switch allows any text."""
        text = self.text(name)
        order = self.switches.uuid_order
        if not text and self.switches.any_uuid_text:
            return "" if order == "text" else BEFORE_EVERY_UUID
        try:
            return uuid_position(str(UUID(text)), order)
        except ValueError as error:
            raise Refused(invalid(f"Cannot parse uuid '{text}'", code="cannot_parse_uuid")) from error
