"""The way to the cloud in the API, as figures for Prometheus and on its page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent.records import ENTITIES, Refusal, SyncStatus
from tests.fake_agent import FakeAgent
from web.api.metrics import sync_metrics
from web.app import create_app
from web.texts import catalogues

DOCS = Path(__file__).parents[1] / "docs"


def refusal(key: str, **fields: str) -> Refusal:
    known = {
        "entity": "member",
        "key": key,
        "op": "put",
        "saved_at": "2026-02-16T23:34:50+01:00",
        "reason": "no <name>",
    }
    return msgspec.convert(known | fields, Refusal)


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    agent.set_sync(refused=2, refusals=(refusal("ann"), refusal("ben", op="delete")))
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Test kiosk")) as client:
        yield client


def test_retrying_tries_now_and_answers_with_the_status(client: TestClient[Litestar], agent: FakeAgent) -> None:
    answer = client.post("/api/sync/retry")
    assert (answer.status_code, agent.calls) == (200, ["retry"])
    assert msgspec.json.decode(answer.content, type=SyncStatus) == agent.sync


@pytest.mark.parametrize(("body", "retried"), [({}, 2), ({"key": "ann"}, 1), ({"key": "nobody"}, 0)])
def test_refused_records_are_tried_again(client: TestClient[Litestar], body: dict[str, str], retried: int) -> None:
    answer = client.post("/api/sync/retry-refused", json=body)
    assert (answer.status_code, answer.json()) == (200, {"retried": retried})


@pytest.mark.parametrize("body", [b"", b"[]", b'{"key": ""}', b'{"key": "' + b"x" * 129 + b'"}', b'{"more": 1}'])
def test_a_bad_choice_is_refused_as_a_problem(client: TestClient[Litestar], body: bytes) -> None:
    answer = client.post("/api/sync/retry-refused", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("path", ["/api/sync/retry", "/api/sync/retry-refused"])
def test_other_sites_pages_can_not_make_it_try(client: TestClient[Litestar], agent: FakeAgent, path: str) -> None:
    answer = client.post(path, json={}, headers={"origin": "http://evil.example"})
    assert (answer.status_code, agent.calls) == (403, [])


def test_metrics_are_text_as_prometheus_reads_it(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.set_sync(pending=3, alarm=True, next_try_s=1.5)
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    line = re.compile(r'(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"\})? -?[0-9.e+]+)')
    assert all(line.fullmatch(one) for one in answer.text.splitlines())
    for sample in ("edge_sync_pending 3", "edge_sync_alarm 1", "edge_sync_next_try_seconds 1.5", "edge_sync_refused 2"):
        assert f"\n{sample}\n" in answer.text


def test_large_figures_are_written_in_full(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.set_sync(confirmed=12_345_678)
    assert "\nedge_sync_confirmed 12345678\n" in client.get("/metrics").text


def test_ages_are_in_seconds_and_never_negative() -> None:
    now = datetime(2026, 2, 16, 12, tzinfo=UTC)
    times = {"oldest_saved_at": "2026-02-16T12:59:00+01:00", "fetched_at": "2026-02-16T12:00:01+00:00"}
    status = msgspec.structs.replace(FakeAgent().sync, **times)
    ages = {name: value for name, value, _ in sync_metrics(status, now)}
    assert (ages["edge_sync_oldest_pending_seconds"], ages["edge_sync_fetched_age_seconds"]) == (60, 0)


def test_each_metric_is_in_the_documentation(client: TestClient[Litestar]) -> None:
    names = re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.MULTILINE)
    text = (DOCS / "sync.md").read_text()
    assert [name for name in names if f"`{name}`" not in text] == []


def test_the_page_lists_what_was_refused_with_the_reason(client: TestClient[Litestar]) -> None:
    text = client.get("/sync").text
    assert '<section class="card" id="refusals" aria-labelledby="refusals-title">' in text
    assert "no &lt;name&gt;" in text
    assert "Member, deletion" in text
    assert text.count('data-key="') == 3  # the third is the form of a new one


def test_without_refusals_nothing_is_said_of_them(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.set_sync(refused=0, refusals=())
    assert re.search(r'id="refusals"[^>]* hidden', client.get("/sync").text)


def test_without_a_broker_there_is_nothing_to_retry(client: TestClient[Litestar], agent: FakeAgent) -> None:
    assert 'id="retry"' in client.get("/sync").text
    agent.set_sync(enabled=False)
    assert 'id="retry"' not in client.get("/sync").text


def test_every_kind_of_record_has_a_name() -> None:
    assert {f"kind_{entity}" for entity in ENTITIES} <= set(catalogues()["en"].page) & set(catalogues()["en"].script)
