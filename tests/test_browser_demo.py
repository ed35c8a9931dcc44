"""Chromium watches the demo: the count rises with the clip, and the workout is found again, confirmed by the cloud."""

from pathlib import Path

import pytest

from tests.chromium import chromium, needs_chromium
from tests.running_demo import running_demo

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.slow, needs_chromium]


def test_the_count_rises_on_the_live_page_and_the_workout_is_confirmed(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo, chromium() as browser:
        demo.wait_for("/health", lambda _: True)
        page = browser.new_page()
        page.set_default_timeout(40_000)
        page.goto(demo.address)
        for count in range(1, 6):
            sync_api.expect(page.locator("#reps")).to_have_text(str(count), timeout=40_000)

        session = demo.wait_for("/api/sessions", lambda page: page["sessions"])["sessions"][0]
        page.goto(f"{demo.address}/history")
        page.locator(f'a[href="/sessions/{session["session_id"]}"]').first.click()
        sync_api.expect(page.locator("main")).to_contain_text("Squat")
        demo.wait_for(f"/api/sessions/{session['session_id']}/whereabouts", lambda where: where["state"] == "confirmed")
        sync_api.expect(page.locator("main")).to_contain_text("Confirmed", timeout=20_000)
