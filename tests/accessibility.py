"""What axe-core finds wrong with a page. `make test` fetches it by npm; without it the tests skip by name."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "build" / "axe-core" / "package" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm fetches it in `make test`")

_GRAVE = ("serious", "critical")


def grave_violations(page: "Page") -> list[str]:
    """Return a line for each serious or critical violation, with the elements that have it."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in _GRAVE
    ]
