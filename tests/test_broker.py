import socket
import sys

import pytest

from edge_agent.demo.broker import EmbeddedBroker
from edge_agent.errors import ConfigError
from tests.ports import free_port

pytestmark = pytest.mark.process


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def test_it_listens_while_it_is_open() -> None:
    pytest.importorskip("iotcore")
    with EmbeddedBroker() as broker:
        assert answers("127.0.0.1", port_of(broker.url))
    assert not answers("127.0.0.1", port_of(broker.url))


def test_it_listens_on_this_machine_only() -> None:
    pytest.importorskip("iotcore")
    with EmbeddedBroker() as broker:
        assert not answers("127.0.0.2", port_of(broker.url))


def test_two_run_side_by_side() -> None:
    pytest.importorskip("iotcore")
    with EmbeddedBroker() as one, EmbeddedBroker() as other:
        assert one.url != other.url


def test_a_taken_port_is_refused_by_name() -> None:
    pytest.importorskip("iotcore")
    port = free_port()
    with EmbeddedBroker(port), pytest.raises(ConfigError, match=str(port)), EmbeddedBroker(port):
        pass


def test_without_iotcore_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "iotcore", None)
    with pytest.raises(ConfigError, match=r"pip install 'edge-agent\[demo\]'"), EmbeddedBroker():
        pass
