"""A provider for a small service that doesn't exist: the example of `docs/adding-a-provider.md`."""
