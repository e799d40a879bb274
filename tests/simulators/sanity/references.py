"""Strong references: what a document points to, and who points to it (PROVIDERS 1.3, checked per transaction)."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulators.sanity.index import Document


def strong_references(value: Any) -> Iterator[str]:
    """The ids that a document refers to strongly, within its dataset."""
    if isinstance(value, list):
        for item in value:
            yield from strong_references(item)
    elif isinstance(value, Mapping):
        target = value.get("_ref")
        if isinstance(target, str) and not value.get("_weak") and "_dataset" not in value:
            yield target
        for item in value.values():
            if isinstance(item, dict | list):
                yield from strong_references(item)


class ReferenceRegister:
    """Who refers to whom, so that a delete needn't read the dataset."""

    def __init__(self) -> None:
        self._referrers: dict[str, set[str]] = {}

    def replace(self, document_id: str, before: Document | None, after: Document | None) -> None:
        """Notes a document's change; None stands for none."""
        for target in strong_references(before):
            self._referrers.get(target, set()).discard(document_id)
        for target in strong_references(after):
            self._referrers.setdefault(target, set()).add(document_id)

    def referrers(self, document_id: str) -> set[str]:
        """The ids of the documents that refer to this one."""
        return set(self._referrers.get(document_id, ()))
