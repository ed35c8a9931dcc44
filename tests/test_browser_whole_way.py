"""The whole way on a real kiosk with its film: claim, pair a phone, train, find it, filter, correct, delete, take out.

The kiosk's own screen calls the machine 127.0.0.1, the phone calls it gym.local: so the kiosk tells them apart.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import KIOSK, PHONE, browsing
from tests.chromium import chromium, needs_chromium
from tests.running_demo import RunningDemo, running_demo

if TYPE_CHECKING:
    from playwright.sync_api import Page

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.slow, needs_chromium]

PHONES_NAME = "gym.local"
WITHIN_MS = 60_000


def test_a_member_goes_the_whole_way(tmp_path: Path) -> None:
    resolved = f"--host-resolver-rules=MAP {PHONES_NAME} 127.0.0.1"
    with running_demo(tmp_path / "kiosk") as demo, chromium(resolved) as browser:
        demo.wait_for("/health", lambda _: True)
        address = demo.address.replace("127.0.0.1", PHONES_NAME)
        with browsing(browser, viewport=KIOSK) as screen, browsing(browser, viewport=PHONE) as phone:
            for page in (screen, phone):
                page.set_default_timeout(WITHIN_MS)
            screen.goto(f"{demo.address}/?kiosk=1")
            claim(phone, address, demo)
            pair(phone, address, demo)
            sync_api.expect(screen.locator("body")).to_contain_text("Olga", timeout=WITHIN_MS)
            train(phone, address)
            workout = find(phone, address)
            correct(phone)
            delete_and_undo(phone, workout)
            take_out(phone, address, workout)


def claim(phone: "Page", address: str, demo: RunningDemo) -> None:
    phone.goto(f"{address}/claim")
    phone.get_by_label("Code").fill(demo.ask("/api/spot")["code"])
    phone.get_by_label("Name").fill("Olga")
    phone.get_by_label("PIN").fill("739105")
    phone.locator("main form").first.get_by_role("button").last.click()
    phone.wait_for_url("**/profile")


def pair(phone: "Page", address: str, demo: RunningDemo) -> None:
    """Open what the QR picture says."""
    phone.goto(f"{address}/pair#{demo.ask('/api/spot')['code']}")
    phone.locator("#pair button").click()
    sync_api.expect(phone.locator("#paired")).to_be_visible()


def train(phone: "Page", address: str) -> None:
    """Watch the film's athlete by phone until three reps are counted, then finish."""
    phone.goto(address)
    sync_api.expect(phone.locator("#reps")).to_have_text(re.compile("^[3-5]$"), timeout=WITHIN_MS)
    phone.locator("#finish").click()
    sync_api.expect(phone.locator("#last")).to_be_visible(timeout=WITHIN_MS)


def find(phone: "Page", address: str) -> str:
    phone.goto(f"{address}/history")
    phone.select_option("[name=exercise]", "squat")
    phone.wait_for_url("**/history?exercise=squat")
    sync_api.expect(phone.locator(".today .big")).to_contain_text("reps")
    row = phone.locator("#workouts > li").first
    workout = row.get_attribute("data-session")
    assert workout
    row.get_by_role("link").click()
    phone.wait_for_url(f"**/sessions/{workout}")
    return workout


def correct(phone: "Page") -> None:
    """Add one rep; what the camera counted stays beside it."""
    counted = int(phone.locator("[data-set] output").first.get_attribute("data-reps") or 0)
    phone.locator("#correct").click()
    phone.get_by_role("button", name="One rep more").first.click()
    sync_api.expect(phone.locator("#saving")).to_have_attribute("data-state", "saved", timeout=WITHIN_MS)
    sync_api.expect(phone.locator("[data-set]").first).to_contain_text(f"camera: {counted}")


def delete_and_undo(phone: "Page", workout: str) -> None:
    row = phone.locator(f"li[data-session='{workout}']")
    phone.locator("#delete").click()
    phone.wait_for_url("**/history?deleted=*")
    assert row.count() == 0
    phone.locator("#undo button").click()
    sync_api.expect(row).to_be_visible()


def take_out(phone: "Page", address: str, workout: str) -> None:
    phone.goto(f"{address}/export")
    phone.locator("input[value=csv]").check(force=True)
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Download").click()
    rows = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert any(workout in row for row in rows[1:])
