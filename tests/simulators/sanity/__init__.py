"""Sanity's data API: query, mutate and doc for one dataset of one project."""
