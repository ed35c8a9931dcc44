"""What the kiosk's own screen shows for phones: an address that they reach, a code behind `#`, a picture of both."""

import asyncio
import re
import socket

import cv2
import numpy as np
import pytest

from tests.browsers import PHONE, SCREEN, browser
from tests.fake_agent import FakeAgent, some_members
from tests.fake_people import CLAIM
from web.app import create_app
from web.device_names import device_name
from web.qr import qr_svg
from web.spot_address import PhoneAddress, lan_address


def shown(agent: FakeAgent, host: str = SCREEN[1], names: tuple[str, ...] = (), address: str = "") -> dict[str, str]:
    """Return what the kiosk's own screen is told of the spot."""

    async def story() -> dict[str, str]:
        app = create_app(agent, "Test kiosk", host_names=names, address=address)
        async with browser(app, (SCREEN[0], host)) as client:
            return dict((await client.get("/api/spot")).json())

    return asyncio.run(story())


def drawn(svg: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Draw a QR picture: its path is runs of dark modules (`h`), each after a step (`M`, `m`) from the one before."""
    size = int(svg.partition('viewBox="0 0 ')[2].split()[0])
    picture = np.full((size, size), 255, np.uint8)
    x, y = 0.0, 0.0
    path = svg.partition('class="qrline"')[2].partition('d="')[2].partition('"')[0]
    for step, across, down in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path):
        if step == "h":
            picture[int(y), int(x) : int(x) + int(across)] = 0
        x, y = x + float(across), y + float(down or 0)
    return np.kron(picture, np.ones((8, 8), np.uint8))


def test_a_phone_reads_the_picture() -> None:
    address = "http://192.168.178.123:8080/pair#K7QW-3MXA"
    assert cv2.QRCodeDetector().detectAndDecode(drawn(qr_svg(address)))[0] == address


def test_a_new_kiosk_shows_its_claim_code_and_where_to_enter_it() -> None:
    told = shown(FakeAgent(), names=("wall.gym.example",))
    assert (told["address"], told["code"]) == ("http://wall.gym.example:8080/claim", CLAIM)


def test_a_claimed_kiosk_shows_the_pairing_code() -> None:
    agent = FakeAgent()
    some_members(agent.people)
    told = shown(agent, names=("wall.gym.example",))
    assert (told["address"], told["code"]) == ("http://wall.gym.example:8080/pair", "PAIR-1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:", "[::1]"])
def test_a_port_that_cannot_be_read_is_left_out(host: str) -> None:
    assert shown(FakeAgent(), host, ("wall",))["address"] == "http://wall/claim"


def test_an_address_that_was_set_is_shown_and_known() -> None:
    told = shown(FakeAgent(), "127.0.0.1:8080", ("wall",), "https://kiosk.gym.example")
    assert told["address"] == "https://kiosk.gym.example/claim"

    async def story() -> int:
        app = create_app(FakeAgent(), "Test kiosk", address="https://kiosk.gym.example")
        async with browser(app, (PHONE[0], "kiosk.gym.example")) as client:
            return (await client.get("/api/session")).status_code

    assert asyncio.run(story()) == 200


@pytest.mark.parametrize("host", ["", "evil.example"])
def test_without_an_address_no_further_name_is_known(host: str) -> None:
    async def story() -> int:
        async with browser(create_app(FakeAgent(), "Test kiosk")) as client:
            return (await client.get("/api/session", headers={"host": host})).status_code

    assert asyncio.run(story()) == 403


def test_without_a_name_phones_open_the_address_in_the_lan() -> None:
    assert PhoneAddress().at("8080") == f"http://{lan_address()}:8080"
    assert not lan_address().startswith("127.")


def test_in_no_network_the_machines_own_name_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.spot_address._ANYWHERE", ("127.0.0.1", 9))
    assert lan_address() == f"{socket.gethostname()}.local"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/17.1 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox, Linux"),
        ("curl/8.4.0", "curl"),
        ("\x00\x1b", "?"),
        ("", "?"),
        ("x" * 500, "x" * 40),
    ],
)
def test_a_device_is_named_after_its_browser_and_system(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
