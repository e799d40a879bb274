"""What is used of boto3's DynamoDB client."""

from typing import Any, Protocol


class DynamoDbClient(Protocol):
    """boto3's low-level client, or what stands for it."""

    def get_item(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def put_item(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def update_item(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def delete_item(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def query(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def batch_get_item(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def batch_write_item(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def transact_write_items(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""
