"""Keys and values that the configuration knows and that have no effect yet: named, never passed over in silence.

Whoever brings one to life deletes its row here and adds the field to :mod:`feedhub.config.schema`.
"""

from __future__ import annotations

_KEY = "has no effect yet in this version; take it out"

NOT_YET: dict[str, str] = {
    "outputs[].dedup": _KEY,
}
"""`pattern` of a key, or `pattern=value` of a key's value -> what to say. `defaults` has the rows of `feeds[]`."""


def not_yet(pattern: str, value: object = None) -> str | None:
    """What to say about a key (without `value`) or about a value of it; None: it is not in the table."""
    if pattern.startswith("defaults."):
        pattern = "feeds[]." + pattern.removeprefix("defaults.")
    return NOT_YET.get(pattern if value is None else f"{pattern}={value}")


def keys_not_yet(section: str) -> frozenset[str]:
    """The keys of a section that are known and without effect."""
    rows = (pattern.rpartition(".") for pattern in NOT_YET if "=" not in pattern)
    return frozenset(key for where, _, key in rows if where == section)
