"""The simulator of Notebook, a small service that doesn't exist: the fifth one, of `docs/adding-a-provider.md`."""
