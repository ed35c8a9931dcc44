"""Takes the README's picture of the live page from the running demo: `python -m docs.make_pictures`."""

import tempfile
from pathlib import Path

from tests.chromium import chromium
from tests.running_demo import running_demo

PICTURES = Path(__file__).parent / "images"
_TO_THE_BOTTOM_MS = 1400
"""Milliseconds from the fourth rep's end to the bottom of the fifth."""


def main() -> None:
    """Photograph the wall screen while the athlete is in the middle of the fifth squat."""
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo, chromium() as browser:
        demo.wait_for("/health", lambda _: True)
        page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="dark")
        page.goto(f"{demo.address}/?kiosk=1")
        demo.wait_for("/api/live", lambda live: live["reps"] == 4)
        page.wait_for_timeout(_TO_THE_BOTTOM_MS)
        page.screenshot(path=PICTURES / "live.png")


if __name__ == "__main__":
    main()
