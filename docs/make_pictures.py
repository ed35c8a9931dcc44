"""Takes the README's pictures: the live page from the running demo, the history of a made-up year.

`python -m docs.make_pictures`
"""

import tempfile
from pathlib import Path

from tests.chromium import chromium
from tests.fake_agent import FakeAgent
from tests.fake_year import LAST, train_for_a_year
from tests.running_demo import running_demo
from tests.web_serving import served

PICTURES = Path(__file__).parent / "images"
_TO_THE_BOTTOM_MS = 1400
"""Milliseconds from the fourth rep's end to the bottom of the fifth."""


def main() -> None:
    """Take both."""
    photograph_live_page()
    photograph_history()


def photograph_live_page() -> None:
    """Photograph the wall screen while the athlete is in the middle of the fifth squat."""
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo, chromium() as browser:
        demo.wait_for("/health", lambda _: True)
        page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="dark")
        page.goto(f"{demo.address}/?kiosk=1")
        demo.wait_for("/api/live", lambda live: live["reps"] == 4)
        page.wait_for_timeout(_TO_THE_BOTTOM_MS)
        page.screenshot(path=PICTURES / "live.png")


def photograph_history() -> None:
    """Photograph a member's history from the pages' own fake agent, on the last day of its year."""
    agent = FakeAgent()
    train_for_a_year(agent)
    agent.history.today = LAST
    with served(agent) as serving, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 980}, reduced_motion="reduce")
        page.goto(f"{serving.url}/history")
        page.locator("figure canvas").nth(1).wait_for()
        page.screenshot(path=PICTURES / "history.png")


if __name__ == "__main__":
    main()
