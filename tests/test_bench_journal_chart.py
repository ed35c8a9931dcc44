import re
from itertools import pairwise
from xml.etree import ElementTree

from bench.drawing import PICTURES
from bench.journal import Figures, Plan
from bench.journal_chart import chart
from bench.journal_inserts import NAMES, Cost
from bench.journal_opening import Opening, Paging
from tests.test_docs import ROOT


def figures() -> Figures:
    costs = {name: Cost(p50_us=300.0 + place, p99_us=None, written=5000) for place, name in enumerate(NAMES)}
    opening = Opening(file_mib=1, open_s=1, decode_s=1, ratio=1, passing_s=1, passing_ratio=1, memory_mib=1)
    return Figures(
        plan=Plan(),
        inserts={100: costs, 1000: costs},
        opening=opening,
        paging=Paging(journal_us=1, sqlite_us=1, ratio=1),
    )


def texts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


def test_each_store_has_its_name_and_none_covers_another() -> None:
    labels = [one for one in texts(chart(figures())) if (one.text or "").startswith(NAMES)]
    assert len(labels) == len(NAMES)
    heights = sorted(float(one.attrib["y"]) for one in labels)
    assert all(lower - upper > 15 for upper, lower in pairwise(heights))


def test_the_pictures_figures_are_those_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    kept = re.findall(r'"p50_us": ([\d.]+)', (PICTURES / "journal.json").read_text(encoding="utf-8"))
    assert len(kept) == 4 * len(NAMES)
    assert all(f"| {float(one) / 1000:,.2f} ms |" in readme for one in kept)
