"""The documents over HTTP."""
