"""Run the benchmarks one after the other: all, or those whose names hold a word.

make bench
make bench ARGS=pass
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    """Run every `bench_*.py` beside this file; the status is 0 if each of them ended well and there was one."""
    names = sorted(file.stem for file in _HERE.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or any(word in name for word in wanted)]
    if not chosen:
        print(f"no benchmark is called so; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    statuses = [_run(name) for name in chosen]
    return max(statuses)


def _run(name: str) -> int:
    print(f"== {name}", flush=True)
    return abs(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=_HERE.parent, check=False).returncode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
