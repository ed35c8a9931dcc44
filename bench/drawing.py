"""What the pictures of figures share: words in SVG, and tables in the README between their markers."""

from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "images"


def text(x: float, y: float, words: str, look: str) -> str:
    """Return words at a place; `look` is further attributes."""
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def put_between(document: str, markers: tuple[str, str], table: str) -> str:
    """Return the document with the table in place of what is between the markers."""
    begin, end = markers
    before, _, rest = document.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{table}\n{end}{after}"


def put_into_readme(markers: tuple[str, str], table: str) -> None:
    """Put a table into the README."""
    readme = ROOT / "README.md"
    readme.write_text(put_between(readme.read_text(encoding="utf-8"), markers, table), encoding="utf-8")
