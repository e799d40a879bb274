"""Which documents are what the public sees, by their ids (https://www.sanity.io/docs/drafts)."""

DRAFT_PREFIX = "drafts."
_UNPUBLISHED = (DRAFT_PREFIX, "versions.")


def is_published(document_id: str) -> bool:
    """Whether it is neither a draft nor a version of a release."""
    return not document_id.startswith(_UNPUBLISHED)
