"""Browsers without sockets: requests to the app from an address and by a name of our choice."""

from typing import Any

import httpx
from litestar import Litestar

PHONE = ("192.168.1.77", "kiosk.local:8080")
SCREEN = ("127.0.0.1", "127.0.0.1:8080")
"""The kiosk's own screen."""
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


def browser(app: Litestar, where: tuple[str, str] = PHONE, scheme: str = "http") -> httpx.AsyncClient:
    """Return a browser at `where`: its network address, and the name by which it calls the kiosk."""
    asgi: Any = app
    address, host = where
    transport = httpx.ASGITransport(asgi, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://{host}", headers={"user-agent": ANDROID})
