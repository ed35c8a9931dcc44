"""Puts the history's figures into the README and draws their picture: `python -m bench.history_chart`.

The figures are those that `python -m bench history --keep docs/images/history.json` has kept.
"""

import math
from collections.abc import Iterator

import msgspec

from bench.drawing import PICTURES, put_into_readme, text
from bench.history import P99_TARGET_MS, Figured, report

MARKERS = "<!-- history -->", "<!-- /history -->"

_WIDTH, _ROW = 760, 34
_LEFT, _RIGHT, _TOP, _BOTTOM = 180, 30, 84, 40
_AGENT, _SQLITE = "#d9480f", "#1c7ed6"
_LEAST_MS, _MOST_MS = 0.1, 1000.0


def chart(figured: Figured) -> str:
    """Return an SVG: of each question a line from the median to the 99th percentile, the agent's above SQLite's."""
    height = _TOP + _ROW * len(figured.costs) + _BOTTOM
    rows = [line for place, name in enumerate(figured.costs) for line in _row(figured, place, name)]
    return "\n".join([*_frame(height), *rows, "</svg>\n"])


def _x(ms: float) -> float:
    decades = math.log10(_MOST_MS / _LEAST_MS)
    share = math.log10(min(max(ms, _LEAST_MS), _MOST_MS) / _LEAST_MS) / decades
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _frame(height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#374151">'
    )
    yield f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="#ffffff"/>'
    title = "A history page's questions at 50,000 workouts, median to 99th percentile"
    yield text(20, 28, title, 'font-size="16" font-weight="600" fill="#111827"')
    for place, (name, colour) in enumerate({"this program": _AGENT, "SQLite": _SQLITE}.items()):
        yield f'<rect x="{_LEFT + place * 130}" y="46" width="12" height="12" fill="{colour}"/>'
        yield text(_LEFT + place * 130 + 18, 57, name, "")
    bottom = height - _BOTTOM
    for power in range(-1, 4):
        ms = 10.0**power
        yield f'<path d="M{_x(ms):.1f} {_TOP - 8}V{bottom}" stroke="#e5e7eb"/>'
        yield text(_x(ms), bottom + 18, f"{ms:g} ms", 'text-anchor="middle"')
    at = _x(P99_TARGET_MS)
    yield f'<path d="M{at:.1f} {_TOP - 8}V{bottom}" stroke="#6b7280" stroke-width="2" stroke-dasharray="5 4"/>'
    yield text(at + 6, _TOP - 12, "to reach", "")


def _row(figured: Figured, place: int, name: str) -> Iterator[str]:
    cost, y = figured.costs[name], _TOP + place * _ROW + 8.0
    yield text(_LEFT - 12, y + 10, name, 'text-anchor="end"')
    yield from _line(y, (cost.p50, cost.p99), _AGENT)
    yield from _line(y + 11, (cost.sqlite_p50, cost.sqlite_p99), _SQLITE)


def _line(y: float, times: tuple[float, float], colour: str) -> Iterator[str]:
    p50, p99 = map(_x, times)
    yield f'<path d="M{p50:.1f} {y:.1f}H{p99:.1f}" stroke="{colour}" stroke-width="3" opacity="0.45"/>'
    yield f'<circle cx="{p50:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>'


def main() -> None:
    """Write `docs/images/history.svg` and the README's table."""
    figured = msgspec.json.decode((PICTURES / "history.json").read_bytes(), type=Figured)
    (PICTURES / "history.svg").write_text(chart(figured), encoding="utf-8")
    put_into_readme(MARKERS, report(figured))


if __name__ == "__main__":
    main()
