"""Where the broker is and how to trust it: the settings of `[sync]`, checked before anything connects."""

import ssl
from pathlib import Path
from urllib.parse import unquote, urlsplit

from edge_agent.config import SyncConfig
from edge_agent.errors import ConfigError
from edge_agent.records import Record

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_HOW = "write it as mqtt://[user@]host[:port] or mqtts://[user@]host[:port]"


class Address(Record, frozen=True, kw_only=True):
    """Where the broker is and who asks."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""
    certificate: bool = False
    """Whether we show one."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_address(config: SyncConfig) -> Address:
    """Read `mqtt://[user[:password]@]host[:port]` or `mqtts://...`. Raises `ConfigError`."""
    try:
        parts = urlsplit(config.broker)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise ConfigError(f"broker address: {error}; {_HOW}") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        shown = config.broker.rpartition("@")[2]
        raise ConfigError(f"broker address {shown!r}: {_HOW}")
    return Address(
        host=parts.hostname,
        port=_PORTS[parts.scheme] if port is None else port,
        tls=parts.scheme == "mqtts",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or "") or _password(config.password_file),
        certificate=bool(config.cert_file),
    )


def _password(file: str) -> str:
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"sync.password_file: {file}: cannot be read ({error})") from error


def tls_context(config: SyncConfig, address: Address) -> ssl.SSLContext | None:
    """Return how to check the broker and prove who we are; None without TLS. Raises `ConfigError`."""
    if not address.tls:
        if config.ca_file or config.cert_file or config.key_file:
            raise ConfigError("sync.ca_file, cert_file and key_file are for TLS: write the broker as mqtts://...")
        return None
    try:
        context = ssl.create_default_context(cafile=config.ca_file or None)
    except OSError as error:
        raise ConfigError(f"sync.ca_file: {config.ca_file}: {error}") from error
    if config.ca_file:
        # Python 3.13 wants a key usage in it, which many a gym's own authority lacks: it was trusted before.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if config.cert_file:
        try:
            # Without a password callback OpenSSL would ask on the terminal for that of an encrypted key.
            context.load_cert_chain(config.cert_file, config.key_file or None, password=lambda: "")
        except OSError as error:
            raise ConfigError(f"sync.cert_file, sync.key_file: {config.cert_file}: {error}") from error
    return context
