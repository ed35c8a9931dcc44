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


def pairing_url(connection: AnyConnection, people: People) -> str:
    """Return the page that says who trains, or before the kiosk has an owner the one that makes one."""
    names: tuple[str, ...] = connection.app.state.host_names
    page = "pair" if people.claimed else "claim"
    port = connection.headers.get("host", "").rpartition(":")[2]
    host = names[0] if names else lan_address()
    return f"http://{host}{f':{port}' if port.isdecimal() else ''}/{page}#{quote(spot_code(people))}"


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
