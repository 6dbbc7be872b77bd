"""axe-core, which looks for what keeps people out: https://github.com/dequelabs/axe-core.

    npm ci --prefix tests/support/axe

installs the one version, by its hash.
"""

from __future__ import annotations

from pathlib import Path

from support.browser import Page

_SCRIPT = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = ("serious", "critical")


def installed() -> bool:
    """Whether axe-core is on this machine."""
    return _SCRIPT.is_file()


def faults(page: Page) -> list[str]:
    """The serious and critical faults of an open page: the rule, what it asks for, and the elements."""
    page.evaluate(f"{_SCRIPT.read_text('utf-8')};0")
    found = page.evaluate("axe.run(document).then(results => results.violations)")
    return [
        f"{fault['id']}: {fault['help']}: {[node['html'] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in _GRAVE
    ]
