"""Flat illustrations for the demo's stories, drawn as SVG: the same seed and scene give the same picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

WIDTH, HEIGHT = 1200, 675
MEDIA_TYPE = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours from the top of the sky to the ground at the viewer's feet."""

    sky: str
    horizon: str
    sun: str
    far: str
    middle: str
    near: str
    accent: str


PALETTES = (
    Palette("#8ec9e8", "#fdf0d0", "#ffd772", "#9dbfc4", "#6fa38d", "#3f7a63", "#f3f1e7"),  # noon
    Palette("#f4a58a", "#fde3b8", "#fff1c9", "#c98b86", "#9a6a7e", "#5f4a68", "#ffe9d2"),  # dusk
    Palette("#b9d7ea", "#f7e3e1", "#ffc9a9", "#a9b7cc", "#7f93ad", "#566f8b", "#fbf4ee"),  # dawn
    Palette("#e9c887", "#faeccb", "#fff6dd", "#d3a76c", "#b5854f", "#8a6238", "#fbf1dc"),  # dust
    Palette("#27446b", "#7f8fb5", "#f4eccb", "#3d5680", "#2e4266", "#1f2e4a", "#ffdf9a"),  # night
)

Scene = Callable[[bytes, Palette], str]


def svg(seed: str, scene: str) -> str:
    """A picture of 1200 x 675 pixels. An unknown scene raises KeyError."""
    noise = sha256(seed.encode()).digest()
    palette = PALETTES[noise[0] % len(PALETTES)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{_sky(noise, palette)}{SCENES[scene](noise[4:], palette)}</svg>"
    )


def _sky(noise: bytes, palette: Palette) -> str:
    x, y = 160 + noise[1] * 3.4, 110 + noise[2] * 0.5
    return (
        f'<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{palette.sky}"/>'
        f'<stop offset=".75" stop-color="{palette.horizon}"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#sky)"/>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="120" fill="{palette.sun}" opacity=".35"/>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="72" fill="{palette.sun}"/>'
    )


def _ridge(noise: Sequence[int], top: float, rise: float, colour: str) -> str:
    """Rolling hills over the whole width, between `top` and `top` + `rise`, filled to the bottom edge."""
    step = WIDTH / (len(noise) - 1)
    heights = [top + rise * value / 255 for value in noise]
    curve = "".join(
        f"C{(i + 0.5) * step:.0f} {heights[i]:.0f} {(i + 0.5) * step:.0f} {after:.0f} {(i + 1) * step:.0f} {after:.0f}"
        for i, after in enumerate(heights[1:])
    )
    return f'<path d="M0 {HEIGHT}V{heights[0]:.0f}{curve}V{HEIGHT}Z" fill="{colour}"/>'


def _box(x: float, y: float, width: float, height: float, colour: str, more: str = "") -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" fill="{colour}"{more}/>'


def _tree(x: float, foot: float, size: float, trunk: str, crown: str) -> str:
    return _box(x - size * 0.06, foot - size * 0.5, size * 0.12, size * 0.5, trunk) + (
        f'<ellipse cx="{x:.0f}" cy="{foot - size * 0.75:.0f}" rx="{size * 0.3:.0f}" ry="{size * 0.42:.0f}" '
        f'fill="{crown}"/>'
    )


def _hills(noise: bytes, palette: Palette) -> str:
    road = f"M{400 + noise[20]} 675C560 600 {760 + noise[21]} 560 640 505S700 450 690 430"
    return (
        _ridge(noise[0:6], 300, 130, palette.far)
        + _ridge(noise[6:11], 390, 90, palette.middle)
        + _ridge(noise[11:15], 470, 70, palette.near)
        + f'<path d="{road}" fill="none" stroke="{palette.accent}" stroke-width="16" stroke-linecap="round"/>'
        + "".join(_tree(90 + i * 250 + noise[15 + i], 640, 130, palette.far, palette.middle) for i in range(5))
    )


def _river(noise: bytes, palette: Palette) -> str:
    x = 220 + noise[20] * 2.4
    boat = f"M{x:.0f} 548h230q-20 44 -60 44h-110q-40 0 -60 -44Z"
    sail = f"M{x + 118:.0f} 535V330L{x + 218:.0f} 535Z"
    heights = [90 + value * 0.4 for value in noise[:24]]
    reeds = "".join(f"M{20 + i * 52} 675l14 -{height:.0f}l12 {height:.0f}Z" for i, height in enumerate(heights))
    return (
        _water(noise, palette)
        + f'<path d="{sail}" fill="{palette.accent}"/><path d="{boat}" fill="{palette.near}"/>'
        + f'<path d="{reeds}" fill="{palette.middle}"/>'
    )


def _bridge(noise: bytes, palette: Palette) -> str:
    spans = "".join(f"M{x} 520V470A80 80 0 0 1 {x + 160} 470V520Z" for x in range(40, WIDTH - 100, 190))
    return (
        _water(noise, palette)
        + f'<path d="M0 360H{WIDTH}V520H0Z{spans}" fill="{palette.near}" fill-rule="evenodd"/>'
        + _box(0, 345, WIDTH, 12, palette.accent)
    )


def _water(noise: bytes, palette: Palette) -> str:
    ripples = "".join(
        _box(40 + noise[i] * 4, 545 + (i - 8) * 13, 60 + noise[i + 8] * 0.5, 5, palette.accent, ' rx="2" opacity=".5"')
        for i in range(8, 17)
    )
    return (
        _ridge(noise[0:5], 280, 120, palette.far)
        + _ridge(noise[5:10], 370, 60, palette.middle)
        + _box(0, 500, WIDTH, 175, palette.sky)
        + ripples
    )


def _city(noise: bytes, palette: Palette) -> str:
    back = "".join(_box(i * 100, 330 - noise[i] * 0.5, 92, 400, palette.far) for i in range(12))
    front = "".join(_house(i * 172 - 20, 470 - noise[12 + i] * 0.55, palette) for i in range(8))
    dome = f'<path d="M470 400A130 130 0 0 1 730 400V500H470Z" fill="{palette.middle}"/>'
    return back + dome + front + _box(0, 628, WIDTH, 47, palette.middle)


def _house(x: float, y: float, palette: Palette) -> str:
    windows = "".join(
        _box(x + 26 + column * 42, row, 20, 28, palette.accent, ' opacity=".85"')
        for row in range(int(y) + 26, 590, 62)
        for column in range(3)
    )
    return _box(x, y, 156, 675 - y, palette.near) + windows


def _field(noise: bytes, palette: Palette) -> str:
    furrows = "".join(f"M600 455L{x} 675H{x + 70}Z" for x in range(-1500, 2700, 150))
    return (
        _ridge(noise[0:6], 330, 100, palette.far)
        + _box(0, 455, WIDTH, 220, palette.near)
        + f'<path d="{furrows}" fill="{palette.middle}"/>'
        + "".join(_tree(60 + i * 190 + noise[8 + i] * 0.5, 468, 110, palette.near, palette.near) for i in range(6))
    )


def _snow(noise: bytes, palette: Palette) -> str:
    peaks = "".join(_peak(i * 300 + noise[i] * 0.6, 190 + noise[i + 4] * 0.5, palette) for i in range(4))
    pines = "".join(
        f'<path d="M{x} {500 + noise[8 + i] * 0.2:.0f}l48 130h-96Z" fill="{palette.near}"/>'
        for i, x in enumerate(range(40, WIDTH, 105))
    )
    return peaks + _ridge(noise[20:25], 530, 50, "#f4f7fa") + pines + _box(0, 622, WIDTH, 60, "#f4f7fa")


def _peak(x: float, top: float, palette: Palette) -> str:
    reach = (HEIGHT - top) * 94 / 110  # the slope of the cap
    cap = f"M{x:.0f} {top:.0f}l94 110l-44 -22l-28 30l-32 -28l-38 26l-46 -6Z"
    return (
        f'<path d="M{x:.0f} {top:.0f}L{x + reach:.0f} 675H{x - reach:.0f}Z" fill="{palette.far}"/>'
        f'<path d="{cap}" fill="#f4f7fa"/>'
    )


def _pitch(noise: bytes, palette: Palette) -> str:
    crowd = "".join(
        f'<circle cx="{(i * 61 + noise[i % 28]) % WIDTH}" cy="{330 + i % 4 * 27}" r="9" fill="{palette.accent}"/>'
        for i in range(76)
    )
    stripes = "".join(f"M{x} 450L{600 + (x - 600) * 2} 675h240L{x + 120} 450Z" for x in range(-120, WIDTH, 240))
    goal = f'<path d="M450 545V420H750V545" fill="none" stroke="{palette.accent}" stroke-width="12"/>'
    return (
        _ridge(noise[0:6], 200, 90, palette.far)
        + _box(0, 300, WIDTH, 150, palette.middle)
        + crowd
        + _box(0, 450, WIDTH, 225, "#5c9a5e")
        + f'<path d="{stripes}" fill="#6fae6d"/>'
        + goal
    )


def _hall(noise: bytes, palette: Palette) -> str:
    columns = "".join(_box(340 + i * 96, 330, 40, 220, palette.accent) for i in range(6))
    steps = "".join(_box(260 - i * 40, 550 + i * 22, 680 + i * 80, 22, palette.far) for i in range(3))
    trees = "".join(_tree(x, 616, 190 + noise[10] * 0.2, palette.near, palette.middle) for x in (90, 190, 1010, 1110))
    return (
        _ridge(noise[0:6], 320, 110, palette.far)
        + _box(0, 600, WIDTH, 75, palette.near)
        + f'<path d="M280 330L600 200L920 330Z" fill="{palette.near}"/>'
        + _box(310, 330, 580, 220, palette.near)
        + columns
        + steps
        + trees
    )


SCENES: dict[str, Scene] = {
    "hills": _hills,
    "river": _river,
    "bridge": _bridge,
    "city": _city,
    "field": _field,
    "snow": _snow,
    "pitch": _pitch,
    "hall": _hall,
}
