import socket
from pathlib import Path

import pytest

from edge_agent import service


def test_a_configured_folder_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/other")
    assert service.state_folder("/srv/kiosk") == Path("/srv/kiosk")


def test_systemds_folder_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/edge-agent:/var/lib/more")
    assert service.state_folder("") == Path("/var/lib/edge-agent")


def test_else_the_users_data_folder_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert service.state_folder("") == tmp_path / "edge-agent"


def test_sockets_lie_in_the_runtime_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/edge-agent")
    assert service.runtime_folder(Path("/srv")) == Path("/run/edge-agent")
    monkeypatch.delenv("RUNTIME_DIRECTORY")
    assert service.runtime_folder(Path("/srv")) == Path("/srv/run")


def test_systemd_is_told_through_its_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        service.notify("READY=1")
        assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    service.notify("READY=1")
    assert isinstance(service.clock_is_certain(), bool)
