"""`edge-agent sync` beside a running agent's pages and on a journal alone."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.cli import main
from edge_agent.journal.tables import Journal
from tests.fake_agent import FakeAgent
from tests.ports import free_port
from tests.record_parts import NOW, rev
from tests.sync_parts import make_receipt
from tests.test_web_sync import refusal
from tests.web_serving import served

Screen = pytest.CaptureFixture[str]


def settings(folder: Path, port: int) -> str:
    path = folder / "config.toml"
    path.write_text(f'[storage]\nfolder = "{folder}/state"\n[web]\nport = {port}\n')
    return str(path)


@pytest.fixture
def alone(tmp_path: Path) -> str:
    """Settings of a kiosk whose agent does not run; of its two records one is refused."""
    with Journal.open(tmp_path / "state") as journal:
        journal.put_record("member", "ann", {}, rev(1), NOW)
        journal.put_record("member", "ben", {}, rev(2), NOW)
        refused = make_receipt(journal.pending(1)[0], status="rejected", reason="no name")
        journal.apply_receipts([refused], NOW)
    return settings(tmp_path, free_port())


@contextmanager
def beside(folder: Path, agent: FakeAgent) -> Iterator[str]:
    with served(agent) as serving:
        yield settings(folder, serving.port)


def test_a_running_agent_is_asked(tmp_path: Path, capsys: Screen) -> None:
    agent = FakeAgent()
    agent.set_sync(
        pending=3, confirmed=12, refused=1, refusals=(refusal("ann", op="delete"),), next_try_s=4.2, attempts=2
    )
    with beside(tmp_path, agent) as config:
        assert main(["sync", "--config", config]) == 0
    told = capsys.readouterr().out
    for line in ("Connected to the broker", "Waiting here: 3", "member ann (deletion): no <name>", "Next try in 4 s"):
        assert line in told


def test_an_alarm_stands_first(tmp_path: Path, capsys: Screen) -> None:
    agent = FakeAgent()
    agent.set_sync(alarm=True, connection="Broker x does not let us in")
    with beside(tmp_path, agent) as config:
        main(["sync", "--config", config])
    assert capsys.readouterr().out.startswith("ALARM: Broker x does not let us in\n")


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        (["--retry"], ["retry"]),
        (["--retry-refused"], ["retry refused None"]),
        (["--retry-refused", "ann"], ["retry refused ann"]),
    ],
)
def test_a_running_agent_is_told_to_try_again(tmp_path: Path, options: list[str], calls: list[str]) -> None:
    agent = FakeAgent()
    agent.set_sync(refused=1, refusals=(refusal("ann"),))
    with beside(tmp_path, agent) as config:
        assert main(["sync", "--config", config, *options]) == 0
    assert agent.calls == calls


def test_without_an_agent_the_journal_is_read(alone: str, capsys: Screen) -> None:
    assert main(["sync", "--config", alone, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pending"], told["refused"], told["connected"]) == (1, 1, False)
    assert (told["refusals"][0]["key"], told["refusals"][0]["reason"]) == ("ann", "no name")
    assert "No agent is running" in told["connection"]


@pytest.mark.parametrize("keys", [[], ["ann"]])
def test_without_an_agent_refused_records_wait_again(alone: str, capsys: Screen, keys: list[str]) -> None:
    assert main(["sync", "--config", alone, "--json", "--retry-refused", *keys]) == 0
    assert json.loads(capsys.readouterr().out)["pending"] == 2


def test_a_key_of_which_nothing_was_refused_is_told(alone: str, capsys: Screen) -> None:
    assert main(["sync", "--config", alone, "--retry-refused", "anne"]) == 2
    assert "--retry-refused anne: the cloud has refused no record of this key" in capsys.readouterr().err


def test_a_running_agent_tells_of_a_key_of_which_nothing_was_refused(tmp_path: Path, capsys: Screen) -> None:
    with beside(tmp_path, FakeAgent()) as config:
        assert main(["sync", "--config", config, "--retry-refused", "anne"]) == 2
    assert "anne: the cloud has refused no record of this key" in capsys.readouterr().err


def test_without_an_agent_nothing_can_be_tried_now(alone: str, capsys: Screen) -> None:
    assert main(["sync", "--config", alone, "--retry"]) == 2
    assert "no agent is running" in capsys.readouterr().err


def test_without_agent_and_journal_nothing_is_made(tmp_path: Path, capsys: Screen) -> None:
    assert main(["sync", "--config", settings(tmp_path, free_port())]) == 2
    assert "no journal is here yet" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


def test_something_else_at_the_port_is_told(tmp_path: Path, capsys: Screen) -> None:
    class Stranger(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")

    with socketserver.TCPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert main(["sync", "--config", settings(tmp_path, server.server_address[1])]) == 2
        thread.join(5)
    assert "is not this kiosk's agent" in capsys.readouterr().err
