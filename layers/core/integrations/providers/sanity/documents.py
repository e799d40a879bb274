"""What a record becomes on the wire: the mutations that bring a document to it, erasing nothing that isn't mapped.

`set` makes missing parents but can't make an array: of an array that a target leads into (`tags[0]`), the whole is
sent, made from the document as it is there and the mapped elements. An explicit null is stored as null.
(https://www.sanity.io/docs/http-reference/mutation)
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.domain.errors import RecordRejected
from integrations.mapping.paths import Path, parse_path, read_path, write_path
from integrations.providers.contract import OutgoingRecord, Rejected, RemoteRecord
from integrations.providers.sanity.array_keys import with_keys
from integrations.providers.sanity.document_paths import array_root, json_match

_TRANSACTION_ID_CHARACTERS = 64
_BEFORE_ID, _AFTER_ID, _END = b'{"transactionId":"', b'","mutations":[', b"]}"
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
ENVELOPE_BYTES = len(_BEFORE_ID) + _TRANSACTION_ID_CHARACTERS + len(_AFTER_ID) + len(_END)


@dataclass(frozen=True, slots=True)
class PreparedRecord:
    """A record of a batch (at `position`) with its mutations as they are sent; `size_bytes` is what they add to a
    request, each with the comma before the next."""

    position: int
    record: OutgoingRecord
    mutations: tuple[bytes, ...]
    size_bytes: int


def prepare(position: int, record: OutgoingRecord, current: RemoteRecord | None = None) -> PreparedRecord | Rejected:
    """The record ready to be sent, or refused here: as no JSON, or because the document's shape doesn't allow it.
    `current` is what `leads_into_array` asks for."""
    try:
        mutations = tuple(_encoded(mutation) for mutation in _mutations(record, current))
    except RecordRejected as error:
        return Rejected(record.entity_id, error.code, error.message)
    except UnicodeEncodeError:
        message = "a text holds half of a surrogate pair, which is no valid Unicode"
    except (TypeError, ValueError, RecursionError):
        message = "a value can't be written as JSON (not a number, of an unknown type, or nested too deeply)"
    else:
        return PreparedRecord(position, record, mutations, sum(map(len, mutations)) + len(mutations))
    return Rejected(record.entity_id, "not_json", message)


def leads_into_array(record: OutgoingRecord) -> bool:
    """Whether something to be sent is an element of an array, so that the document has to be read first."""
    return any(array_root(parse_path(target)) is not None for target in record.changed)


def transaction_id(job_id: str, group: Sequence[PreparedRecord]) -> str:
    """Names what is sent, for whom and onto what: the same again is recognised as a repetition, but the same content
    in another job, or over another revision, is not."""
    digest = hashlib.sha256(job_id.encode())
    for prepared in group:
        payload = hashlib.sha256(b",".join(prepared.mutations)).hexdigest()
        digest.update(f"{prepared.record.external_id} {payload} {prepared.record.expected_revision}\n".encode())
    return digest.hexdigest()


def transaction_body(transaction: str, group: Sequence[PreparedRecord]) -> bytes:
    """The request that applies the group, all or nothing."""
    mutations = b",".join(mutation for prepared in group for mutation in prepared.mutations)
    return b"".join((_BEFORE_ID, transaction.encode(), _AFTER_ID, mutations, _END))


def _encoded(mutation: dict[str, object]) -> bytes:
    return _ENCODER.encode(mutation).encode()


def _mutations(record: OutgoingRecord, current: RemoteRecord | None) -> list[dict[str, object]]:
    """A skeleton where there is no document, then a patch. A document that is known to be there gets no skeleton when
    its revision doesn't matter: deleted meanwhile, it would come back with nothing but the changes."""
    patch = _patch(record, current)
    if record.known and not patch:
        return []
    revision = record.expected_revision or (current.revision if current and leads_into_array(record) else None)
    mutations: list[dict[str, object]] = []
    if revision or not record.known:
        mutations.append({"createIfNotExists": {"_id": record.external_id, "_type": record.remote_type}})
    if patch:
        condition = {"ifRevisionID": revision} if revision else {}
        mutations.append({"patch": {"id": record.external_id, **condition, **patch}})
    return mutations


def _patch(record: OutgoingRecord, current: RemoteRecord | None) -> dict[str, object]:
    assigned: dict[str, object] = {}
    removed: list[str] = []
    roots: dict[Path, None] = {}
    for target in sorted(record.changed):
        path = parse_path(target)
        root = array_root(path)
        if root is not None:
            roots[root] = None
        elif target in record.targets:
            assigned[json_match(path)] = with_keys(record.targets[target])
            assigned |= {json_match(implied): value for implied, value in _implied(path, record)}
        else:
            removed.append(json_match(path))
    for root in roots:
        assigned[json_match(root)] = with_keys(_whole_array(root, record, current))
    return ({"set": assigned} if assigned else {}) | ({"unset": removed} if removed else {})


def _implied(path: Path, record: OutgoingRecord) -> list[tuple[Path, str]]:
    """`x.current` is the text of a slug, an object that Sanity's Studio knows by its `_type`."""
    if len(path) < 2 or path[-1] != "current":
        return []
    place = (*path[:-1], "_type")
    return [] if place in {parse_path(target) for target in record.targets} else [(place, "slug")]


def _whole_array(root: Path, record: OutgoingRecord, current: RemoteRecord | None) -> object:
    document: object = current.document if current else {}
    for target in sorted(record.changed | record.targets.keys()):
        path = parse_path(target)
        if array_root(path) == root:
            document = write_path(document, path, record.targets.get(target))
            for implied, value in _implied(path, record):
                document = write_path(document, implied, value)
    return read_path(document, root)


def delete_body(transaction: str, document_ids: Sequence[str]) -> bytes:
    """The request that deletes the documents, all or nothing. One that isn't there is no hindrance."""
    mutations = b",".join(_encoded({"delete": {"id": document_id}}) for document_id in document_ids)
    return b"".join((_BEFORE_ID, transaction.encode(), _AFTER_ID, mutations, _END))


def probe_body(document_id: str, transaction: str) -> bytes:
    """A request that would make a small document; for a dry run."""
    probe = _encoded({"createIfNotExists": {"_id": document_id, "_type": "integration.probe"}})
    return b"".join((_BEFORE_ID, transaction.encode(), _AFTER_ID, probe, _END))
