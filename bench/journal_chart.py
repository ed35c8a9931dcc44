"""Draws the README's picture of the journal's measurement: `python -m bench.journal_chart`.

The figures are those that `python -m bench journal --keep docs/images/journal.json` has kept.
"""

import math
from collections.abc import Iterator

import msgspec

from bench.drawing import PICTURES, text
from bench.journal import Figures
from bench.journal_inserts import CACHING, JOURNAL, LIMIT, SQLITE, TINYDB

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 180, 56, 50
_LABEL_APART = 18.0
_COLOURS = {LIMIT: "#6b7280", JOURNAL: "#d9480f", SQLITE: "#1c7ed6", TINYDB: "#7048e8", CACHING: "#9c7ff0"}
_NOT_DURABLE = {CACHING: "not durable"}

Point = tuple[float, float]


class _Scale:
    """Logarithmic, from one end of the picture to the other."""

    def __init__(self, values: list[float], start: float, end: float) -> None:
        self.first, self.last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self._start, self._step = start, (end - start) / (self.last - self.first)

    def __call__(self, value: float) -> float:
        return self._start + (math.log10(value) - self.first) * self._step

    def powers(self) -> Iterator[float]:
        return (10.0**power for power in range(self.first, self.last + 1))


def chart(figures: Figures) -> str:
    """Return an SVG: the median time of an insert, by the sessions that are there already."""
    lines = {
        name: [(float(size), costs[name].p50_us / 1000) for size, costs in figures.inserts.items()] for name in _COLOURS
    }
    x = _Scale([size for points in lines.values() for size, _ in points], _LEFT, _WIDTH - _RIGHT)
    y = _Scale([cost for points in lines.values() for _, cost in points], _HEIGHT - _BOTTOM, _TOP)
    drawn = {name: [(x(size), y(cost)) for size, cost in points] for name, points in lines.items()}
    return "\n".join(
        [*_frame(x, y), *_curves(drawn), *_labels({name: one[-1] for name, one in drawn.items()}), "</svg>\n"]
    )


def _frame(x: _Scale, y: _Scale) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#374151">'
    )
    yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="#ffffff"/>'
    yield text(_LEFT, 28, "Inserting one more session, median", 'font-size="16" font-weight="600" fill="#111827"')
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for power in y.powers():
        yield f'<path d="M{_LEFT} {y(power):.1f}H{right}" stroke="#e5e7eb"/>'
        yield text(_LEFT - 8, y(power) + 4, _duration(power), 'text-anchor="end"')
    for power in x.powers():
        yield f'<path d="M{x(power):.1f} {_TOP}V{bottom}" stroke="#f3f4f6"/>'
        yield text(x(power), bottom + 18, f"{power:,.0f}", 'text-anchor="middle"')
    yield text((_LEFT + right) / 2, bottom + 38, "sessions that are there already", 'text-anchor="middle"')


def _curves(drawn: dict[str, list[Point]]) -> Iterator[str]:
    for name, points in drawn.items():
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        look = f'stroke="{_COLOURS[name]}" stroke-width="{3.5 if name == JOURNAL else 2}"'
        dashed = ' stroke-dasharray="5 4"' if name == LIMIT else ""
        yield f'<path d="M{path}" fill="none" {look}{dashed}/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_COLOURS[name]}"/>' for x, y in points)


def _labels(ends: dict[str, Point]) -> Iterator[str]:
    """Names beside the ends of their curves, moved up where they would cover each other."""
    above = math.inf
    for name, (x, y) in sorted(ends.items(), key=lambda one: -one[1][1]):
        above = min(y + 4, above - _LABEL_APART)
        weight = ' font-weight="700"' if name == JOURNAL else ""
        told = f"{name} ({_NOT_DURABLE[name]})" if name in _NOT_DURABLE else name
        yield text(x + 10, above, told, f'fill="{_COLOURS[name]}"{weight}')


def _duration(ms: float) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms" if ms >= 1 else f"{ms * 1000:g} µs"


def main() -> None:
    """Write `docs/images/journal.svg`."""
    figures = msgspec.json.decode((PICTURES / "journal.json").read_bytes(), type=Figures)
    (PICTURES / "journal.svg").write_text(chart(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
