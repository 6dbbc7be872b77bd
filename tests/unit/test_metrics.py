"""The numbers for Prometheus: well-formed, bounded, and without secrets."""

from __future__ import annotations

