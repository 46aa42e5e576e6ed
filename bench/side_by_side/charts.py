# SPDX-License-Identifier: MIT OR Apache-2.0
"""Charts as SVG: bars with the floor drawn in, and latency by percentile."""
import math
from html import escape

from .load import POINTS

WIDTH, LEFT, RIGHT, ROW = 720, 190, 90, 30
COLOURS = {"weft": "#b5461f", "null": "#999999"}
OTHERS = ["#2f6f9f", "#5b8c5a", "#8a6fae", "#c29b2d", "#4f7f86", "#a05a6b"]


def colour(name, names):
    others = [other for other in names if other not in COLOURS]
    return COLOURS.get(name) or OTHERS[others.index(name) % len(OTHERS)]


def frame(width, height, title, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="13">'
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
            f'<text x="12" y="24" font-size="16" font-weight="bold">{escape(title)}</text>'
            + "".join(parts) + "</svg>\n")


def bars(title, unit, values, floor=None):
    """values: {name: (label, [parts of the bar])}; the floor is a line across all of them."""
    most = max(sum(parts) for _, parts in values.values()) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    drawn, y = [], 44
    for name, (label, parts) in values.items():
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(label)}</text>')
        x = LEFT
        for at, part in enumerate(parts):
            drawn.append(f'<rect x="{x:.1f}" y="{y}" width="{part * scale:.1f}" height="22" '
                         f'fill="{colour(name, list(values))}" opacity="{1 if at == 0 else 0.55}"/>')
            x += part * scale
        drawn.append(f'<text x="{x + 6:.1f}" y="{y + 16}">{sum(parts):.3g} {escape(unit)}</text>')
        y += ROW
    if floor is not None:
        x = LEFT + floor * scale
        drawn.append(f'<line x1="{x:.1f}" y1="38" x2="{x:.1f}" y2="{y}" stroke="#333333" '
                     'stroke-dasharray="4 3"/>')
        drawn.append(f'<text x="{x + 4:.1f}" y="{y + 14}" font-size="11">floor</text>')
    return frame(WIDTH, y + 24, title, drawn)


DECADES = range(1, 7)  # powers of ten: 10 us to 1 s


def height(value, top, bottom):
    """Where so many microseconds stand."""
    place = (math.log10(max(value, 10)) - DECADES[0]) / (DECADES[-1] - DECADES[0])
    return bottom - place * (bottom - top)


def decades(top, bottom, left, right):
    """The lines of the scale."""
    drawn = []
    for decade in DECADES:
        y = height(10 ** decade, top, bottom)
        drawn.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#dddddd"/>'
                     f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">'
                     f'{10 ** decade / 1000:g} ms</text>')
    return drawn


def seconds(title, results):
    """results: {name: (label, [(second, microseconds), ..])}: what each second's slowest answer took, on a
    logarithmic scale."""
    top, bottom, left, right = 50, 300, 80, 700
    last = max((second for _, points in results.values() for second, _ in points), default=1)

    def x(second):
        return left + (right - left) * second / last

    drawn = decades(top, bottom, left, right)
    for at, (name, (label, points)) in enumerate(results.items()):
        stroke = colour(name, list(results))
        line = " ".join(f"{x(second):.1f},{height(value, top, bottom):.1f}" for second, value in points)
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{stroke}" stroke-width="1.2"/>'
                     f'<rect x="{left + 150 * at}" y="332" width="12" height="12" fill="{stroke}"/>'
                     f'<text x="{left + 18 + 150 * at}" y="343">{escape(label)}</text>')
    drawn += [f'<text x="{x(second):.1f}" y="{bottom + 18}" text-anchor="middle">{second:.0f} s</text>'
              for second in (0, last / 4, last / 2, last * 3 / 4, last)]
    return frame(WIDTH + 40, 360, title, drawn)


def curves(title, results):
    """results: {name: (label, {p50, p99, p99.9, max} in microseconds)}, on a logarithmic scale."""
    top, bottom = 50, 300

    def x(at):
        return 80 + at * 150

    drawn = decades(top, bottom, 80, 530)
    drawn += [f'<text x="{x(at)}" y="{bottom + 22}" text-anchor="middle">{point}</text>'
              for at, point in enumerate(POINTS)]
    for at, (name, (label, percentiles)) in enumerate(results.items()):
        stroke = colour(name, list(results))
        line = " ".join(f"{x(i)},{height(percentiles[point], top, bottom):.1f}"
                        for i, point in enumerate(POINTS))
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{stroke}" stroke-width="2.5"/>'
                     f'<rect x="548" y="{top + 22 * at}" width="12" height="12" fill="{stroke}"/>'
                     f'<text x="566" y="{top + 11 + 22 * at}">{escape(label)}</text>')
    return frame(WIDTH + 40, 360, title, drawn)
