"""Gives the emulator's gateway the template's own answers, which it doesn't take from the template."""

from collections.abc import Mapping
from typing import Any

from tools.stack import places
from tools.stack.built_template import resources_of

API = "IntegrationsApi"


def apply_gateway_responses(api_gateway: Any, rest_api_id: str) -> None:  # noqa: ANN401
    """Stores each gateway response of the built template, and deploys the stage once more: it keeps a snapshot."""
    properties = resources_of(places.BUILT_TEMPLATE)[API]["Properties"]
    for response_type, response in properties["GatewayResponses"].items():
        api_gateway.put_gateway_response(
            restApiId=rest_api_id,
            responseType=response_type,
            statusCode=str(response["StatusCode"]),
            responseParameters=_headers(response),
            responseTemplates=response["ResponseTemplates"],
        )
    api_gateway.create_deployment(restApiId=rest_api_id, stageName=properties["StageName"])


def stage_of_api() -> str:
    """The name of the API's one stage."""
    return str(resources_of(places.BUILT_TEMPLATE)[API]["Properties"]["StageName"])


def _headers(response: Mapping[str, Any]) -> dict[str, str]:
    headers = response.get("ResponseParameters", {}).get("Headers", {})
    return {f"gatewayresponse.header.{name}": value for name, value in headers.items()}
