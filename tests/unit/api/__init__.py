"""The API's rules, without a cloud."""
