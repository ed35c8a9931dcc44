from pathlib import Path

import pytest

from edge_agent.address import parse_address, tls_context
from edge_agent.config import SyncConfig
from edge_agent.errors import ConfigError


def test_a_plain_address_has_the_usual_port() -> None:
    address = parse_address(SyncConfig(broker="mqtt://broker.example"))
    assert (address.host, address.port, address.tls, address.user) == ("broker.example", 1883, False, "")
    assert str(address) == "broker.example:1883"


def test_tls_has_its_own_usual_port() -> None:
    address = parse_address(SyncConfig(broker="mqtts://gym%40home@broker.example"))
    assert (address.port, address.tls, address.user) == (8883, True, "gym@home")


def test_port_user_and_password_are_read() -> None:
    address = parse_address(SyncConfig(broker="mqtt://gym:s%3Acret@[::1]:11883/"))
    assert (address.host, address.port, address.user, address.password) == ("::1", 11883, "gym", "s:cret")


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    settings = SyncConfig(broker="mqtt://gym@broker.example", password_file=str(tmp_path / "password"))
    assert parse_address(settings).password == "secret"


@pytest.mark.parametrize(
    "url",
    ["broker.example", "http://broker.example", "mqtt://", "mqtt://host:99999", "mqtt://host:x", "mqtt://host/topic",
     "mqtt://host?x=1", "mqtt://[::1", "mqtt://" + "a" * 64 + ".example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_the_way_to_write_it(url: str) -> None:
    with pytest.raises(ConfigError, match=r"mqtt://\[user@\]host\[:port\]"):
        parse_address(SyncConfig(broker=url))


def test_a_refused_address_does_not_tell_its_password() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address(SyncConfig(broker="http://gym:s3cret@host"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("key", ["password_file", "ca_file", "cert_file"])
def test_a_missing_file_is_named_with_its_key(key: str, tmp_path: Path) -> None:
    settings = SyncConfig(broker="mqtts://gym@host", **{key: str(tmp_path / "none")})
    with pytest.raises(ConfigError, match=rf"sync\.{key}.*none"):
        tls_context(settings, parse_address(settings))


def test_certificates_without_tls_are_refused() -> None:
    settings = SyncConfig(broker="mqtt://host", ca_file="/etc/ca.pem")
    with pytest.raises(ConfigError, match="mqtts"):
        tls_context(settings, parse_address(settings))


def test_without_tls_there_is_no_context() -> None:
    settings = SyncConfig(broker="mqtt://host")
    assert tls_context(settings, parse_address(settings)) is None
