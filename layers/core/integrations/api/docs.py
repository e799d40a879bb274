"""The documentation's page and what it is made of. No resolver here: nobody has to be let in.

Swagger UI comes with Powertools, which is in the layer anyway, so nothing is loaded from elsewhere.
"""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from integrations.api.problems import problem_of
from integrations.domain.errors import RouteNotFound

SWAGGER_UI: Final = ("event_handler", "openapi", "swagger_ui")
_HTML: Final = "text/html; charset=utf-8"
_SCRIPT: Final = "text/javascript; charset=utf-8"
_HOUR, _DAY = 3_600, 86_400


@dataclass(frozen=True, slots=True)
class _Asset:
    """A file of the function's folder, or of Swagger UI's, and how it is served."""

    name: str
    content_type: str
    kept_seconds: int
    is_swaggers: bool = False


_ASSETS: Final[Mapping[str, _Asset]] = MappingProxyType(
    {
        "/api/v1/docs": _Asset("docs.html", _HTML, _HOUR),
        "/api/v1/openapi.json": _Asset("openapi.json", "application/json", _HOUR),
        "/api/v1/docs/start.js": _Asset("start.js", _SCRIPT, _HOUR),
        "/api/v1/docs/swagger-ui.js": _Asset("swagger-ui-bundle.min.js", _SCRIPT, _DAY, is_swaggers=True),
        "/api/v1/docs/swagger-ui.css": _Asset("swagger-ui.min.css", "text/css; charset=utf-8", _DAY, is_swaggers=True),
    }
)
_SECURITY: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Swagger UI sets styles of elements; scripts come from files alone, and calls go to this API alone.
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)


def docs_answer(event: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The page, or one of its parts, as the gateway's proxy answer; `folder` is the function's."""
    asset = _ASSETS.get(event.get("path") or "")
    if asset is None:
        error = RouteNotFound(f"{event.get('path')} is not part of the documentation; see /api/v1/docs")
        request_id = str((event.get("requestContext") or {}).get("requestId", ""))
        body = json.dumps(problem_of(error, request_id))
        return {"statusCode": 404, "headers": {"Content-Type": "application/json"}, "body": body}
    place = _swagger_folder() if asset.is_swaggers else folder
    headers = {"Content-Type": asset.content_type, "Cache-Control": f"public, max-age={asset.kept_seconds}"}
    body = (place / asset.name).read_text(encoding="utf-8")
    return {"statusCode": 200, "headers": {**headers, **_SECURITY}, "body": body}


def _swagger_folder() -> Path:
    """Found without an import of Powertools."""
    found = importlib.util.find_spec("aws_lambda_powertools")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("aws_lambda_powertools isn't in the function's layers")
    return Path(found.submodule_search_locations[0]).joinpath(*SWAGGER_UI)
