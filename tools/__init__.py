"""Tools of the developers: `make help` lists what they do."""
