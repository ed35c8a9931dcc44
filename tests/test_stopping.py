import signal
import socket
import subprocess
import sys

import pytest

pytestmark = pytest.mark.process


def test_a_process_whose_native_code_hangs_ends_nevertheless() -> None:
    """Reading from a pipe that nobody writes to goes on after every signal, as a hung driver does."""
    text = (
        "import os; from edge_agent.commands.stopping import stop_on_signals;"
        "stop_on_signals(lambda: None); r, w = os.pipe(); os.write(1, b'up'); os.read(r, 1)"
    )
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(2) == b"up"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 1


def test_a_worker_whose_database_is_silent_ends_nevertheless() -> None:
    """A server that hangs accepts connections and says nothing; its driver waits for half a minute."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        store = f"mysql://gym@127.0.0.1:{server.getsockname()[1]}/gym"
        command = [sys.executable, "-m", "edge_agent", "ingest", "--broker", "mqtt://127.0.0.1:1", "--store", store]
        with subprocess.Popen(command) as worker:
            server.settimeout(60)
            waiting, _ = server.accept()
            with waiting:
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(15) == 1
