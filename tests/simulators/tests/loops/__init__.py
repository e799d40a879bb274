"""The Loops simulator, tried over HTTP."""
