"""The API's handlers on moto."""
