"""The OpenAPI document of the whole API, made from the routes: `python -m tools.openapi [--check]`.

Each function has a resolver of its own; Powertools merges them (`OpenAPIMerge`). `--check` writes nothing and fails if
docs/openapi.json isn't what the routes say.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, Server, Tag

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "openapi.json"
DESCRIPTION = """\
Keeps a WISEROWS project's content in step with external services: `push` exports to a service, `pull` imports from it.

Times are Unix milliseconds, ids opaque strings. Every answer is `{"data": …, "meta"?: {…}}`, every refusal
`{"error": {"code", "message", "details"?, "requestId"}}`: branch on `code`. Of several reasons to refuse a request the
first in this order is given: 401, project, 403, 429, 404, 415 / 400 / 422, 412 / 428, 409.

What may be left out of a body is never `null` there. A body has at most 2 MiB; without a `Content-Type` it counts as
JSON. A query parameter is given once; unknown ones are ignored. A cursor belongs to the list that it came from: the
same project and filters, any `limit`. An empty `X-Project-Id` counts as none.

This document is at `/api/v1/openapi.json`, and as a page at `/api/v1/docs`; neither needs a key.
"""
TAGS = (
    Tag(name="Integrations", description="One project connected to one external service."),
    Tag(name="Jobs", description="A sync is a job; jobs and their logs are kept 90 days."),
)
SERVER = Server(url="../..", description="Where this document was loaded from, without its /api/v1")
KEY_DESCRIPTION = "An API key, `ds_` and 43 characters: it serves one or more projects with one level."
NOT_OURS = ("HTTPValidationError", "ResponseValidationError", "ValidationError")
"""Schemas that Powertools adds for its own validation, which answers nobody."""
HEADER_NAMES = ("X-Project-Id", "Idempotency-Key", "If-Match")
_ENDPOINT = re.compile(r"^app = Api\(services\)$", re.MULTILINE)


def build_document(root: Path = ROOT) -> dict[str, Any]:
    """The document, the same whenever the routes are the same."""
    merge = OpenAPIMerge(
        title="Integrations API",
        version="1.0.0",
        openapi_version="3.1.0",
        description=DESCRIPTION,
        tags=list(TAGS),
        servers=[SERVER],
        security_schemes={"apiKey": HTTPBearer(description=KEY_DESCRIPTION)},
        security=[{"apiKey": []}],
        on_conflict="error",
    )
    for app in sorted((root / "functions").glob("*/app.py")):
        if _ENDPOINT.search(app.read_text()):
            merge.add_file(app)
    return _completed(json.loads(merge.get_openapi_json_schema(), parse_float=_number))


def _number(text: str) -> float:
    """Bounds of whole numbers are whole numbers."""
    return int(float(text)) if float(text).is_integer() else float(text)


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    """Without what isn't ours, and in an order that doesn't depend on the files'."""
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {
        name: _untitled(schemas[name]) for name in sorted(schemas) if name not in NOT_OURS
    }
    document["paths"] = dict(sorted(document["paths"].items()))
    spelled = {name.lower(): name for name in HEADER_NAMES}
    for operation in (operation for path in document["paths"].values() for operation in path.values()):
        operation["responses"].get("204", {}).pop("content", None)
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _untitled(parameter["schema"])
            if parameter["in"] == "header":
                parameter["name"] = spelled[parameter["name"].lower()]
    return document


def _untitled(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without the titles that pydantic makes of names."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: value if name == "examples" else _untitled(value)
        for name, value in schema.items()
        if name != "title" or not isinstance(value, str)
    }


def main(arguments: list[str] | None = None) -> int:
    """1 if `--check` finds a difference."""
    parser = argparse.ArgumentParser(description="Writes docs/openapi.json from the routes.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args(arguments)
    text = json.dumps(build_document(), indent=2, ensure_ascii=False) + "\n"
    if not options.check:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/openapi.json isn't what the routes say; run `make openapi` and commit it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
