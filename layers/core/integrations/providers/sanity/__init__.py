"""Sanity: documents of a Content Lake dataset, pushed and pulled."""
