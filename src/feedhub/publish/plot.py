"""Small plots as the data of one SVG path: a bar for each value that is not zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Plot:
    """`path` is to be drawn with a stroke, within `width` units and :data:`HEIGHT`; `peak` is the highest value."""

    path: str
    width: int
    peak: int


def bars(values: Sequence[int]) -> Plot:
    """The highest value is as high as the plot; the least that is not zero can be seen."""
    peak = max(values, default=0)
    drawn = (
        f"M{place} {HEIGHT}V{HEIGHT - max(1, round(value / peak * HEIGHT))}"
        for place, value in enumerate(values)
        if value > 0
    )
    return Plot("".join(drawn), len(values), peak)
