"""How well and how fast the same news is found. `python benchmarks/dedup.py --help` says what it can do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    command = [sys.executable, "-m", "benchmarks.bench_dedup", *sys.argv[1:]]
    paths = [str(Path(argument).resolve()) if argument.endswith(".jsonl") else argument for argument in command]
    sys.exit(subprocess.run(paths, cwd=Path(__file__).parent.parent, check=False).returncode)
