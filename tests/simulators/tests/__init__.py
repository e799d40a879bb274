"""Tests of the simulators themselves: each runs as a process of its own and is spoken to over HTTP."""
