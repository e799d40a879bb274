"""Documents by id, and the search for the one that became an entity of ours."""

from collections.abc import Iterator, Mapping, Sequence

from integrations.domain.errors import PayloadTooLarge, ReconnectRequired, RetryLater
from integrations.domain.identity import entity_id_of_record
from integrations.providers.contract import RemoteRecord
from integrations.providers.sanity.array_keys import without_own_keys
from integrations.providers.sanity.client import QUERY_STRING_CHARACTERS_MAXIMUM, SanityClient, encoded_ids

IDS_PER_CALL = 100
IDS_PER_SWEEP_PAGE = 5_000
_DRAFT = "drafts."
_UNPUBLISHED = (_DRAFT, "versions.")


class DocumentReader:
    """Reads published documents of one dataset. Keeps what a sweep found for as long as it lives."""

    def __init__(self, client: SanityClient) -> None:
        self._client = client
        self._swept: dict[str, dict[str, str]] = {}

    def read(self, ids: Sequence[str], deadline: float) -> dict[str, RemoteRecord]:
        """Those of the documents that exist, by id, as they are this moment."""
        wanted = [document_id for document_id in dict.fromkeys(ids) if is_published(document_id)]
        found: dict[str, RemoteRecord] = {}
        for chunk in _chunks(wanted):
            for document in self._documents(chunk, deadline):
                record = remote_record(document)
                if record is not None and record.external_id in chunk:
                    found[record.external_id] = record
        return found

    def find(self, document_type: str, entity_id: str, deadline: float) -> str | None:
        """The id of the document that became the entity `entity_id`, by a sweep over all ids of the type."""
        if document_type not in self._swept:
            self._swept[document_type] = {
                self._entity_id(document_type, document_id): document_id
                for document_id in self.sweep(document_type, deadline)
            }
        return self._swept[document_type].get(entity_id)

    def sweep(self, document_type: str, deadline: float) -> Iterator[str]:
        """The ids of all published documents of the type, in their order."""
        groq = f"*[_type == $type && _id > $after] | order(_id asc)[0...{IDS_PER_SWEEP_PAGE}]._id"
        after = ""
        while True:
            params = {"type": document_type, "after": after}
            ids = self._client.query(groq, params, deadline, perspective="published")
            if not isinstance(ids, list) or not all(isinstance(document_id, str) for document_id in ids):
                raise RetryLater("Sanity's list of ids can't be read", code="malformed_answer")
            yield from (document_id for document_id in ids if is_published(document_id))
            if len(ids) < IDS_PER_SWEEP_PAGE:
                return
            if ids[-1] <= after:
                raise RetryLater("Sanity gave the same page of ids twice", code="repeated_page")
            after = ids[-1]

    def existing(self, ids: Sequence[str], deadline: float) -> frozenset[str]:
        """Those of the ids that are there this moment, as a published document or as its draft."""
        found: set[str] = set()
        for chunk in _chunks([name for document_id in ids for name in (document_id, _DRAFT + document_id)]):
            for document in self._documents(chunk, deadline):
                if isinstance(document, dict):
                    found.add(str(document.get("_id")).removeprefix(_DRAFT))
        return frozenset(ids) & found

    def _entity_id(self, document_type: str, document_id: str) -> str:
        return entity_id_of_record("sanity", self._client.config.canonical_address, document_type, document_id)

    def _documents(self, ids: Sequence[str], deadline: float) -> list[object]:
        """The documents, asked for in halves where together they are too large for an answer."""
        try:
            answer = self._client.documents(ids, deadline)
        except PayloadTooLarge:
            if len(ids) == 1:
                raise
            middle = len(ids) // 2
            return self._documents(ids[:middle], deadline) + self._documents(ids[middle:], deadline)
        _refuse_hidden(answer)
        documents = answer["documents"]
        return documents if isinstance(documents, list) else []


def is_published(document_id: str) -> bool:
    """Whether it is neither a draft nor a version of a release."""
    return not document_id.startswith(_UNPUBLISHED)


def remote_record(document: object) -> RemoteRecord | None:
    """The document as a record, or None if it is none."""
    if not isinstance(document, dict):
        return None
    document_id, document_type = document.get("_id"), document.get("_type")
    if not isinstance(document_id, str) or not isinstance(document_type, str):
        return None
    revision, updated_at = document.get("_rev"), document.get("_updatedAt")
    return RemoteRecord(
        external_id=document_id,
        remote_type=document_type,
        document={name: without_own_keys(value) for name, value in document.items()},
        revision=revision if isinstance(revision, str) else None,
        updated_at=updated_at if isinstance(updated_at, str) else None,
    )


def _refuse_hidden(answer: Mapping[str, object]) -> None:
    """A document that may not be read must not be taken for one that isn't there."""
    omitted = answer.get("omitted")
    for entry in omitted if isinstance(omitted, list) else []:
        if isinstance(entry, dict) and entry.get("reason") == "permission":
            message = "the token may not read some of the documents: it needs a role that reads the whole dataset"
            raise ReconnectRequired(message, code="permission_missing")


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    """At most 100 ids a call, and no longer a path than a query string may be."""
    chunk: list[str] = []
    for document_id in ids:
        if len(chunk) == IDS_PER_CALL or len(encoded_ids([*chunk, document_id])) > QUERY_STRING_CHARACTERS_MAXIMUM:
            yield chunk
            chunk = []
        chunk.append(document_id)
    if chunk:
        yield chunk
