"""Which documents a query sees: perspectives and API versions (PROVIDERS 1.2, 1.5)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tests.simulators.sanity.errors import Refused, boom, described
from tests.simulators.sanity.index import Document, DocumentIndex

PUBLISHED_BY_DEFAULT_SINCE = "2025-02-19"
DRAFT_PREFIX, VERSION_PREFIX = "drafts.", "versions."
VERSION_PATTERN = re.compile(r"v(?:(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))|1|X)")


def default_perspective(version: str) -> str:
    """The perspective of a query that names none. Raises `Refused` for what isn't a version of the API."""
    match = VERSION_PATTERN.fullmatch(version)
    if match is None:
        message = f"Invalid API version {version!r}: expected v and a date like v2025-02-19, v1 or vX"
        raise Refused(boom(400, message))
    dated = match[1] or ("2021-03-25" if version == "v1" else "9999-12-31")
    return "published" if dated >= PUBLISHED_BY_DEFAULT_SINCE else "raw"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the index as one caller with one perspective may: without a token, ids with a dot are out of sight."""

    index: DocumentIndex
    perspective: str
    with_token: bool

    def changed_after(self, types: list[str], updated_at: str, document_id: str, limit: int) -> list[Document]:
        """The first `limit` documents after `(_updatedAt, _id)`, in that order."""
        found = self.index.changed_after(types, updated_at, document_id)
        return list(islice((document for document in found if self._sees(document["_id"])), limit))

    def ids_after(self, document_type: str, document_id: str, limit: int) -> list[str]:
        """The first `limit` ids of a type after an id."""
        return list(islice(filter(self._sees, self.index.ids_after(document_type, document_id)), limit))

    def has_any(self) -> bool:
        """Whether there is any document at all."""
        return any(self._sees(document["_id"]) for document in self.index.documents())

    def _sees(self, document_id: str) -> bool:
        if not self.with_token and "." in document_id:
            return False
        return self.perspective != "published" or not document_id.startswith((DRAFT_PREFIX, VERSION_PREFIX))


def reader(index: DocumentIndex, perspective: str, *, with_token: bool) -> Reader:
    """A reader for the perspective. Raises `Refused` for one that the simulator doesn't have."""
    if perspective in ("drafts", "previewDrafts"):
        return Reader(DocumentIndex(_overlaid(index)), "drafts", with_token)
    if perspective in ("published", "raw"):
        return Reader(index, perspective, with_token)
    description = f"The simulator has the perspectives published, raw and drafts, got {perspective!r}"
    raise Refused(described(400, "httpBadRequest", description))


def _overlaid(index: DocumentIndex) -> Iterator[Document]:
    """Published documents, each replaced by its draft if it has one, under the published id."""
    for document in index.documents():
        original_id = document["_id"]
        if original_id.startswith(VERSION_PREFIX):
            continue
        if original_id.startswith(DRAFT_PREFIX):
            yield {**document, "_id": original_id.removeprefix(DRAFT_PREFIX), "_originalId": original_id}
        elif index.get(f"{DRAFT_PREFIX}{original_id}") is None:
            yield {**document, "_originalId": original_id}
