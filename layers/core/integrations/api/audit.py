"""The audit of an integration as this API shows it."""

from typing import TYPE_CHECKING, Any

from integrations.api.cursor import open_cursor, seal_cursor
from integrations.api.views import audit_entry_view

if TYPE_CHECKING:
    from integrations.api.integration_requests import AuditQuery
    from integrations.api.ports import Audit
    from integrations.domain.integration import Integration


def page_of_audit(
    integration: "Integration", query: "AuditQuery", audit: "Audit", cursor_secret: bytes, now: int
) -> dict[str, Any]:
    """A page, newest first. Raises `ValidationFailed` for a cursor of another list."""
    scope = (integration.project_id, integration.id)
    context = "/".join(("events", *scope))
    before_id = open_cursor(query.cursor, context, cursor_secret) if query.cursor else None
    page = audit.list(*scope, query.limit, before_id, now)
    next_cursor = seal_cursor(page.next_before_id, context, cursor_secret) if page.next_before_id else None
    return {"data": [audit_entry_view(entry) for entry in page.entries], "meta": {"nextCursor": next_cursor}}
