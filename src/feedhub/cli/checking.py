"""`check`: the configuration, and on request each feed and what feedhub stands on.

What only the options need is imported for them: the plain check is to be quick.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer
from rich.console import Console

from feedhub.cli.reading import read_config
from feedhub.cli.show import console, plural
from feedhub.config import Config
from feedhub.settings import Settings


def run_check(settings: Settings, *, fetch: bool, system: bool, diff: bool, as_json: bool) -> int:
    """Print what was found; returns the exit status. Raises ConfigError for mistakes in the configuration."""
    config = read_config(settings.config)
    screen = Console(stderr=True) if as_json else console()
    if not as_json:
        _print_config(config, settings)
    data: dict[str, object] = {"config": _config_data(config, settings)}
    statuses = [0]
    if diff:
        from feedhub.cli.comparing import compare, comparison_data, print_comparison

        comparison = compare(config, settings)
        data["diff"] = comparison_data(comparison)
        if not as_json:
            print_comparison(comparison)
    if system:
        from feedhub.cli.system import look_at_system, print_system, system_data

        found = look_at_system(config, settings, datetime.now(UTC))
        data["system"] = system_data(found)
        statuses.append(int(any(not finding.ok for finding in found)))
        if not as_json:
            print_system(found, screen)
    if fetch:
        from feedhub.cli.trying import exit_status, print_trials, trials_data, try_all

        tried = try_all(config, settings, screen)
        data["feeds"] = trials_data(tried)
        statuses.append(exit_status(tried))
        if not as_json:
            print_trials(tried, screen)
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2).encode())  # UTF-8 whatever the locale
    return max(statuses)


def _print_config(config: Config, settings: Settings) -> None:
    for warning in config.warnings:
        typer.echo(f"{warning} (warning)", err=True)
    outputs = plural(len(config.outputs), "output")
    typer.echo(f"{settings.config}: {plural(len(config.feeds), 'feed')}, {outputs}, no mistakes")


def _config_data(config: Config, settings: Settings) -> dict[str, object]:
    return {
        "file": str(settings.config),
        "feeds": len(config.feeds),
        "outputs": len(config.outputs),
        "warnings": list(map(str, config.warnings)),
    }
