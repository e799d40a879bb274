"""Which fields the documents of a type have. Sanity knows no schema on its server, so some documents are looked at."""

from collections.abc import Sequence

from integrations.providers.contract import ServiceField
from integrations.providers.sanity.client import SanityClient
from integrations.providers.sanity.pull import DocumentPages, first_cursor
from integrations.providers.seen_fields import fields_seen

DOCUMENTS_PER_TYPE = 50
TYPES_MAXIMUM = 10


def fields_of_types(client: SanityClient, document_types: Sequence[str], deadline: float) -> list[ServiceField]:
    """The fields of the first 50 published documents of each of the first 10 types, one query each."""
    documents = []
    for document_type in sorted(document_types)[:TYPES_MAXIMUM]:
        page = DocumentPages(client, DOCUMENTS_PER_TYPE).page([document_type], first_cursor(None), deadline)
        documents += [record.document for record in page.records]
    return fields_seen(documents)
