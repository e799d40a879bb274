"""`_createdAt` and `_updatedAt` as text: to the second as observed, or with a fraction."""

from datetime import datetime

from tests.simulators.sanity.switches import SanitySwitches


def timestamp_text(moment: datetime, switches: SanitySwitches) -> str:
    """`2026-01-31T12:34:56Z`; with `fractional` to the millisecond, with `trim_fraction` without closing zeros."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if not switches.fractional:
        return f"{text}Z"
    fraction = f".{moment.microsecond // 1000:03d}"
    if switches.trim_fraction:
        fraction = fraction.rstrip("0").rstrip(".")
    return f"{text}{fraction}Z"
