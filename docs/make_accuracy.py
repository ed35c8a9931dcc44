"""Writes the tables of docs/accuracy.md and the README, its picture, and what the placement coach tells of counting.

`python -m docs.make_accuracy EVALUATION.json`; the file is what `edge-agent evaluate --json` wrote.
"""

import re
import sys
from pathlib import Path

import msgspec

from docs.accuracy_picture import draw
from edge_agent.coaching.view_counts import FILE
from edge_agent.evaluation.by_view import counts_by_view
from edge_agent.evaluation.report import Evaluation
from edge_agent.evaluation.tables import markdown, tables

FOLDER = Path(__file__).parent


def with_tables(page: str, found: Evaluation) -> str:
    """Return the page with each table between its markers; one that has no rows leaves its place empty."""
    texts = {table.key: markdown(table) + "\n" for table in tables(found)}

    def fill(place: re.Match[str]) -> str:
        return f"<!-- eval: {place['key']} -->\n{texts.get(place['key'], '')}<!-- end -->"

    return re.sub(r"<!-- eval: (?P<key>[\w-]+) -->\n.*?<!-- end -->", fill, page, flags=re.DOTALL)


def main(file: Path) -> None:
    """Rewrite pages, picture and figures from what an evaluation has found."""
    found = msgspec.json.decode(file.read_bytes(), type=Evaluation)
    for page in (FOLDER / "accuracy.md", FOLDER.parent / "README.md"):
        page.write_text(with_tables(page.read_text(encoding="utf-8"), found), encoding="utf-8")
    (FOLDER / "images" / "accuracy.svg").write_text(draw(found), encoding="utf-8")
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(counts_by_view(found.clips)), indent=1) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
