"""How well and how fast the same news is found.

dedup.py                                     all of it; quality where FEEDHUB_TEST_DATA names a folder with dedup/
dedup.py predict ENTRIES.jsonl PREDICTIONS.jsonl [--full-text]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import predict


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="dedup.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command")
    predicting = commands.add_parser("predict", help="say which story each entry of a file is")
    predicting.add_argument("entries", type=Path)
    predicting.add_argument("predictions", type=Path)
    predicting.add_argument("--full-text", action="store_true", help="take the entries' texts, not the summary alone")
    chosen = parser.parse_args()
    if chosen.command == "predict":
        clusters = predict.predict(predict.read(chosen.entries, full_text=chosen.full_text))
        chosen.predictions.write_text("".join(predict.lines(clusters)), encoding="utf-8")
        return


if __name__ == "__main__":
    main()
