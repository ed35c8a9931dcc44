"""An embedded broker for the demo and for tests: iotcore in a child process, on a free port of this machine only."""

import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edge_agent.errors import ConfigError

# iotcore listens with MQTT 5 only where a file says so, and on a port of its own; it keeps nothing on disk.
_SETTINGS = """\
id = 0

[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10

[v5.main]
name = "main"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v5.main.connections]
connection_timeout_ms = 10000
max_payload_size = 16777216
max_inflight_count = 100
dynamic_filters = true
"""


class EmbeddedBroker:
    """Runs from `with` to its end; `url` is its address. Raises `ConfigError` where iotcore is missing or fails."""

    def __init__(self, port: int | None = None) -> None:
        """`port` None takes a free one."""
        self._port = port or _free_port()
        self._broker: Any = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        try:
            from iotcore import Broker  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ConfigError("the demo's broker is missing: pip install 'edge-agent[demo]'") from error
        with tempfile.TemporaryDirectory(prefix="edge-agent-") as folder:
            settings = Path(folder) / "broker.toml"
            settings.write_text(_SETTINGS.format(port=self._port), encoding="utf-8")
            try:
                self._broker = Broker(config_path=str(settings)).start()
            except (OSError, RuntimeError) as error:
                raise ConfigError(f"the demo's broker does not start on port {self._port}: {error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._broker.stop(timeout=1.0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
