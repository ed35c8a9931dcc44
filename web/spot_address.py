"""The address that a phone opens from the kiosk's QR picture.

The kiosk's own browser calls it by a loopback name, which is of no use to a phone. The code stands behind `#`, so it
reaches no server log and no `Referer`.
"""

import ipaddress
import socket
from urllib.parse import quote

from edge_agent.interface.people import People
from web.cookies import AnyConnection

_ANYWHERE = ("192.0.2.1", 9)
"""A documentation address: connecting a datagram socket to it sends nothing, but chooses the way out."""


class PhoneAddress:
    """Knows the kiosk as phones call it: as it was set, by the first of its names, or by its address in the LAN."""

    def __init__(self, address: str = "", names: tuple[str, ...] = ()) -> None:
        self._address = address
        self._names = names

    def at(self, port: str) -> str:
        """Return such as `http://192.168.1.20:8080`; `port` may be empty."""
        host = self._names[0] if self._names else lan_address()
        return self._address or f"http://{host}{f':{port}' if port else ''}"


def pairing_url(connection: AnyConnection, people: People) -> str:
    """Return the page that says who trains, or before the kiosk has an owner the one that makes one."""
    address: PhoneAddress = connection.app.state.phone_address
    port = connection.headers.get("host", "").rpartition(":")[2]
    page = "pair" if people.claimed else "claim"
    return f"{address.at(port if port.isdecimal() else '')}/{page}#{quote(spot_code(people))}"


def spot_code(people: People) -> str:
    """Return the code that phones need there: the claim code, or with an owner the one that changes often."""
    return people.claim_code() or people.pairing_code()


def lan_address() -> str:
    """Return this machine's address in its network, or the name that it has there when it is in none yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ANYWHERE)
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    return f"{socket.gethostname()}.local" if ipaddress.ip_address(address).is_loopback else address
