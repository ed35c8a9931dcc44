"""Puts the draining's figures into the README and draws their picture: `python -m bench.drain_chart`.

The figures are those that `python -m bench drain --keep docs/images/drain.json` has kept.
"""

import statistics
from collections.abc import Iterator

import msgspec

from bench.drain_figures import STORES, TARGET, Figures, report
from bench.drawing import PICTURES, put_into_readme, text

MARKERS = "<!-- drain -->", "<!-- /drain -->"

_WIDTH, _HEIGHT = 760, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 24, 84, 44
_COLOURS = ("#d9480f", "#f08c4a", "#f7c6a3", "#fbe3d2")
_BAR = 34


def chart(figures: Figures) -> str:
    """Return an SVG: what draining is of the slower limit, by database and number of workers."""
    shares = _shares(figures)
    highest = max(1.0, *(share for each in shares.values() for share in each))
    return "\n".join([*_frame(figures.plan.workers, highest), *_bars(shares, highest), "</svg>\n"])


def _shares(figures: Figures) -> dict[str, list[float]]:
    return {
        store: [statistics.median(each.share(workers) for each in one.rounds) for workers in figures.plan.workers]
        for store, one in figures.stores.items()
    }


def _y(share: float, highest: float) -> float:
    return _HEIGHT - _BOTTOM - share / highest * (_HEIGHT - _BOTTOM - _TOP)


def _frame(workers: tuple[int, ...], highest: float) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#374151">'
    )
    yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="#ffffff"/>'
    title = "Draining a queue, as a share of the slower of broker and database"
    yield text(_LEFT, 28, title, 'font-size="16" font-weight="600" fill="#111827"')
    for place, count in enumerate(workers):
        x = _LEFT + place * 110
        yield f'<rect x="{x}" y="44" width="12" height="12" fill="{_COLOURS[place]}"/>'
        yield text(x + 18, 55, f"{count} worker{'s' if count > 1 else ''}", "")
    for share in (0.0, 0.5, 1.0):
        yield f'<path d="M{_LEFT} {_y(share, highest):.1f}H{_WIDTH - _RIGHT}" stroke="#e5e7eb"/>'
        yield text(_LEFT - 8, _y(share, highest) + 4, f"{share:g}", 'text-anchor="end"')
    y = _y(TARGET, highest)
    yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#6b7280" stroke-width="2" stroke-dasharray="5 4"/>'
    yield text(_WIDTH - _RIGHT, 55, f"dashed: {TARGET}, to reach", 'text-anchor="end"')


def _bars(shares: dict[str, list[float]], highest: float) -> Iterator[str]:
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(shares))
    bottom = _HEIGHT - _BOTTOM
    for number, (store, each) in enumerate(shares.items()):
        middle = _LEFT + (number + 0.5) * step
        for place, share in enumerate(each):
            x, y = middle + (place - len(each) / 2) * _BAR, _y(share, highest)
            size = f'width="{_BAR - 4}" height="{bottom - y:.1f}"'
            yield f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{_COLOURS[place]}"/>'
            halo = 'paint-order="stroke" stroke="#ffffff" stroke-width="4"'  # where the target's line runs behind it
            yield text(x + _BAR / 2 - 2, y - 5, f"{share:.2f}", f'text-anchor="middle" font-size="12" {halo}')
        yield text(middle, bottom + 22, STORES[store], 'text-anchor="middle" font-weight="600"')


def main() -> None:
    """Write `docs/images/drain.svg` and the README's tables."""
    figures = msgspec.json.decode((PICTURES / "drain.json").read_bytes(), type=Figures)
    (PICTURES / "drain.svg").write_text(chart(figures), encoding="utf-8")
    put_into_readme(MARKERS, report(figures))


if __name__ == "__main__":
    main()
