"""Whether a request comes from the kiosk's own screen: from this machine, calling it by a name of this machine only.

A proxy on this machine also connects from here, but says for whom (`Forwarded` and the like), or passes on the name by
which the kiosk was called; `docs/security.md` tells how to set one up.
"""

import ipaddress
from urllib.parse import urlsplit

from web.cookies import AnyConnection

_PASSED_ON = ("forwarded", "via", "x-real-ip")


def is_own_screen(connection: AnyConnection) -> bool:
    """Tell whether whoever asks stands at the kiosk's own screen."""
    client = connection.client
    if client is None or not is_loopback(client.host):
        return False
    if any(name in _PASSED_ON or name.startswith("x-forwarded-") for name in connection.headers):
        return False
    try:
        name = urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or is_loopback(name)


def is_loopback(name: str) -> bool:
    """Tell whether a text is an address by which this machine calls itself."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
