"""What is used of boto3's DynamoDB client."""

from typing import Any, Protocol


class DynamoDbClient(Protocol):
    """boto3's low-level client, or what stands for it."""

    def get_item(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
    def put_item(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
    def update_item(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
    def delete_item(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
    def query(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
    def batch_get_item(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
    def batch_write_item(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
    def transact_write_items(self, **parameters: Any) -> dict[str, Any]: ...  # noqa: ANN401
