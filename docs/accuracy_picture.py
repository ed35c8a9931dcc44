"""Draws how many recordings each counter counts within one, as an SVG that reads well on light and dark pages."""

from collections.abc import Iterator
from html import escape

from edge_agent.evaluation.outcomes import BASELINES, OURS, OURS_RECOGNISED
from edge_agent.evaluation.report import PEOPLE, Evaluation
from edge_agent.evaluation.scoring import Score

_GROUPS = (
    ("Films of people", "data set", "clips", ""),
    ("RepCount-A", "data set", "repcount", ""),
    ("All, 10 frames a second", "all", PEOPLE, "10 fps"),
    ("All, a limb hidden", "all", PEOPLE, "limb hidden"),
    ("All, a second person", "all", PEOPLE, "second person"),
)
_LEFT, _WIDTH, _BAR, _STEP, _GAP, _TOP = 330, 420, 13, 18, 20, 48
_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 15px } .group { font-weight: 600 } .n { fill: #57606a }
.ours { fill: #0969da } .recognised { fill: #6cb0f5 } .other { fill: #a5adb5 }
.interval { stroke: #24292f; stroke-width: 1.2 } .grid { stroke: #d0d7de; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .n { fill: #9aa4ae } .ours { fill: #4493f8 } .recognised { fill: #2b5f9e }
  .other { fill: #5c6570 } .interval { stroke: #e6edf3 } .grid { stroke: #30363d }
}"""


def draw(found: Evaluation) -> str:
    """Return the picture: a bar for each counter in each group of recordings, with its 95 % interval."""
    parts: list[str] = []
    y = _TOP
    for title, by, group, condition in _GROUPS:
        scores = [(name, found.find(name, by, group, condition)) for name in (OURS, OURS_RECOGNISED, *BASELINES)]
        bars = [(name, score) for name, score in scores if score]
        if not bars:
            continue
        n = bars[0][1].clips
        parts.append(f'<text class="group" x="8" y="{y + 11}">{escape(title)} <tspan class="n">({n})</tspan></text>')
        for name, score in bars:
            parts += _bar(name, score, y)
            y += _STEP
        y += _GAP
    return "\n".join([*_frame(y), *_grid(y), *parts, "</svg>", ""])


def _bar(name: str, score: Score, y: int) -> Iterator[str]:
    obo = score.obo
    kind = {OURS: "ours", OURS_RECOGNISED: "recognised"}.get(name, "other")
    middle = y + _BAR / 2
    yield f'<text x="{_LEFT - 8}" y="{y + 11}" text-anchor="end">{escape(name.removeprefix("this program, "))}</text>'
    yield f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{_WIDTH * obo.value:.1f}" height="{_BAR}" rx="2"/>'
    yield (
        f'<line class="interval" x1="{_LEFT + _WIDTH * obo.low:.1f}" x2="{_LEFT + _WIDTH * obo.high:.1f}" '
        f'y1="{middle}" y2="{middle}"/>'
    )
    yield f'<text x="{_LEFT + _WIDTH + 8}" y="{y + 11}">{100 * obo.value:.0f} %</text>'


def _frame(height: int) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 56} {height}" role="img">'
    yield "<title>Share of recordings counted within one, by counter</title>"
    yield f"<style>\n{_STYLE}\n</style>"
    yield '<text class="title" x="8" y="22">Recordings counted within one repetition, with 95 % intervals</text>'


def _grid(height: int) -> Iterator[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _LEFT + _WIDTH * share
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP - 8}" y2="{height - _GAP + 4}"/>'
