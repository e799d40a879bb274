"""`make show ID=<entity id>`: prints one entity of the demo project as JSON."""

import argparse
import json
import sys
from typing import Any

from tools.stack.description import StackDescription, StackDown, read_description


def find_entity(stack: StackDescription, entity_id: str) -> dict[str, Any] | None:
    """The entity of that id, whatever its type. The local table is small enough to be looked through."""
    pages = (
        stack.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=stack.table("entities"),
            FilterExpression="#id = :id AND begins_with(#pk, :project)",
            ExpressionAttributeNames={"#id": "id", "#pk": "pk"},
            ExpressionAttributeValues={":id": {"S": entity_id}, ":project": {"S": f"{stack.project_id}#"}},
        )
    )
    item = next((item for page in pages for item in page["Items"]), None)
    if item is None:
        return None
    archived_at = item.get("archivedAt", {}).get("N")
    return {
        "id": item["id"]["S"],
        "entityTypeId": item["pk"]["S"].removeprefix(f"{stack.project_id}#"),
        "fields": json.loads(item["fields"]["S"]),
        "createdAt": int(item["createdAt"]["N"]),
        "updatedAt": int(item["updatedAt"]["N"]),
        "archivedAt": int(archived_at) if archived_at else None,
    }


def main() -> int:
    """Prints it, or says that there is none."""
    parser = argparse.ArgumentParser(prog="make show", description=__doc__)
    parser.add_argument("id", help="ID: the entity's id")
    entity_id = parser.parse_args().id
    try:
        entity = find_entity(read_description(), entity_id)
    except StackDown as error:
        print(error, file=sys.stderr)
        return 1
    if entity is None:
        print(f"the project has no entity {entity_id}", file=sys.stderr)
        return 1
    print(json.dumps(entity, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
