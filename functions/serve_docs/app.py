"""GET /api/v1/docs and /api/v1/openapi.json: the API's documentation, for everyone."""

from pathlib import Path
from typing import Any

from integrations.api.docs import docs_answer


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return docs_answer(event, Path(__file__).parent)
