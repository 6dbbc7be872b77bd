"""A line chart as SVG: delay against requests, both logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT = 640, 400, 64, 24, 440, 316
_COLOURS = ("#767676", "#b35900", "#6f4fa8", "#00695c")
_X, _Y = (20.0, 110.0), (3.0, 40.0)  # requests a day; minutes
_LINE = 17  # height of a label
_Y_MARKS = (3, 5, 10, 20, 40)


def chart(lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """One line a policy, of points (requests a day and feed, mean delay in minutes)."""
    marks = sorted({x for points in lines.values() for x, _y in points})
    labels = _apart({name: _y(points[-1][1]) for name, points in lines.items()})
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        ' font-size="13" fill="#222">',
        "<title>Mean delay of items against requests, ten recorded feeds as one hub</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        *(_horizontal(y) for y in _Y_MARKS),
        *(_vertical(x) for x in marks),
        *(
            _line(name, points, colour, labels[name])
            for (name, points), colour in zip(lines.items(), _COLOURS, strict=True)
        ),
        f'<text x="{_LEFT + _PLOT_WIDTH / 2}" y="{_HEIGHT - 12}" text-anchor="middle">requests a day and feed</text>',
        f'<text x="16" y="{_TOP + _PLOT_HEIGHT / 2}" text-anchor="middle"'
        f' transform="rotate(-90 16 {_TOP + _PLOT_HEIGHT / 2})">mean delay, minutes</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """The same heights, from below upwards, moved up where two labels would overlap."""
    placed: dict[str, float] = {}
    ceiling = float("inf")
    for name, height in sorted(heights.items(), key=lambda item: -item[1]):
        ceiling = placed[name] = round(min(height, ceiling - _LINE), 1)
    return placed


def _x(value: float) -> float:
    return round(_LEFT + _PLOT_WIDTH * math.log(value / _X[0]) / math.log(_X[1] / _X[0]), 1)


def _y(value: float) -> float:
    return round(_TOP + _PLOT_HEIGHT * (1 - math.log(value / _Y[0]) / math.log(_Y[1] / _Y[0])), 1)


def _horizontal(value: float) -> str:
    y, right = _y(value), _LEFT + _PLOT_WIDTH
    label = f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{value:g}</text>'
    return f'<path d="M{_LEFT} {y}H{right}" stroke="#ddd"/>{label}'


def _vertical(value: float) -> str:
    x, bottom = _x(value), _TOP + _PLOT_HEIGHT
    label = f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{value:g}</text>'
    return f'<path d="M{x} {_TOP}V{bottom}" stroke="#ddd"/>{label}'


def _line(name: str, points: Sequence[tuple[float, float]], colour: str, label_y: float) -> str:
    path = "L".join(f"{_x(x)} {_y(y)}" for x, y in points)
    dots = "".join(f'<circle cx="{_x(x)}" cy="{_y(y)}" r="3.5" fill="{colour}"/>' for x, y in points)
    end_x = _x(points[-1][0])
    label = f'<text x="{end_x + 10}" y="{label_y + 4}" fill="{colour}">{escape(name)} {points[-1][1]:.1f} min</text>'
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}{label}'
