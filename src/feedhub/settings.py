"""How this process runs: built once from the command line and `FEEDHUB_…`, handed down as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from feedhub.observe import LogFormat

DEFAULT_ADDRESS = "http://127.0.0.1:8080/"


@dataclass(frozen=True, slots=True)
class Settings:
    """`database` is an SQLAlchemy address, None for SQLite in the data folder; `proxy` an address with its password."""

    config: Path
    data: Path
    database: str | None = None
    allow_private: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    log_format: LogFormat = "auto"
    proxy: str | None = field(default=None, repr=False)
    admin_token: str | None = field(default=None, repr=False)  # what /status and /metrics ask for

    @property
    def secrets(self) -> frozenset[str]:
        """What no log may show."""
        return frozenset(filter(None, (self.admin_token,)))

    @property
    def address(self) -> str:
        """Where the web side listens, as an address to open."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"
