"""The API under schemathesis: cases made from docs/openapi.json, on the deployed stack, with each level of key."""
