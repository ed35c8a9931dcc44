"""Bringing workouts in and taking them out, by the API and on the pages."""

import io
import select
import socket
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

import web.server
from edge_agent.errors import TemporaryError
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from tests.journal_parts import make_session
from tests.test_exporting import rows_of
from tests.test_importing_hevy import KG, row
from tests.web_serving import served
from web.app import create_app
from web.uploads import MOST_BYTES, Uploads

ANN = {"authorization": "Bearer token-ann"}


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    agent.people.meet("Ann")
    agent.people.meet("Olga", role="owner")
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Test kiosk")) as client:
        yield client


def bring(client: TestClient[Litestar], content: str | bytes, query: str = "", status: int = 202) -> dict[str, Any]:
    answer = client.post(f"/api/imports?name=a.csv{query}", content=content, headers=ANN)
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_an_import_answers_with_its_report(client: TestClient[Litestar], agent: FakeAgent) -> None:
    report = bring(client, KG + row())
    assert (report["state"], report["new"], report["format"]) == ("done", 1, "hevy")
    assert agent.saved[0][0].user_id == "ann"


def test_a_dry_run_keeps_nothing(client: TestClient[Litestar], agent: FakeAgent) -> None:
    assert bring(client, KG + row(), "&dry_run=true")["dry_run"] is True
    assert agent.saved == []


def test_an_import_that_goes_on_is_asked_for_again(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.transfer.is_slow = True
    begun = bring(client, KG + row())
    assert begun["state"] == "running"
    assert client.get(f"/api/imports/{begun['import_id']}", headers=ANN).json()["state"] == "done"


def test_somebody_elses_import_is_not_found(client: TestClient[Litestar]) -> None:
    code = bring(client, KG + row())["import_id"]
    answer = client.get(f"/api/imports/{code}", headers={"authorization": "Bearer token-olga"})
    assert answer.status_code == 404


def test_a_file_of_no_known_format_is_a_422_problem(client: TestClient[Litestar]) -> None:
    problem = bring(client, "a,b\n1,2\n", status=422)
    assert "in no format that is known here" in problem["detail"]


def test_a_second_import_at_the_same_time_is_a_409(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.transfer.is_busy = True
    assert "is running" in bring(client, KG + row(), status=409)["detail"]


def test_a_file_that_is_too_large_is_a_413(client: TestClient[Litestar]) -> None:
    bring(client, b"x" * (MOST_BYTES + 1), status=413)


def test_other_routes_keep_their_small_limit(client: TestClient[Litestar]) -> None:
    answer = client.post("/api/workout/pose-summary", content=b" " * 20_000, headers=ANN)
    assert answer.status_code == 413


def test_a_third_upload_at_a_time_has_to_wait() -> None:
    uploads = Uploads()
    with uploads.one(), uploads.one(), pytest.raises(TemporaryError, match="try again"), uploads.one():
        pass
    with uploads.one():
        pass


def test_nobody_imports_or_exports_without_a_name(client: TestClient[Litestar]) -> None:
    assert client.post("/api/imports", content=KG).status_code == 401
    assert client.get("/api/export").status_code == 401


def test_an_export_is_a_download_of_ones_own_workouts(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.keep(make_session("hers", user_id="ann"))
    agent.keep(make_session("his", user_id="bob"))
    answer = client.get("/api/export?format=csv", headers=ANN)
    assert answer.headers["content-disposition"] == 'attachment; filename="workouts.csv"'
    assert {one["session_id"] for one in rows_of(answer.content)} == {"hers"}


@pytest.mark.parametrize("file_format", ["json", "fit"])
def test_zips_come_whole(client: TestClient[Litestar], agent: FakeAgent, file_format: str) -> None:
    agent.keep(make_session("hers", user_id="ann"))
    answer = client.get(f"/api/export?format={file_format}", headers=ANN)
    assert answer.headers["content-type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None


def test_filters_as_a_form_sends_them_are_understood(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.keep(make_session("hers", user_id="ann"))
    for query, count in (("since=&until=&exercise=&source=", 1), ("since=2026-03-01&source=camera", 0)):
        assert len(rows_of(client.get(f"/api/export?format=csv&{query}", headers=ANN).content)) == count


@pytest.mark.parametrize("query", ["since=2026-13-01", "source=dream", "format=doc"])
def test_a_filter_that_cant_be_is_refused_and_not_ignored(client: TestClient[Litestar], query: str) -> None:
    assert client.get(f"/api/export?{query}", headers=ANN).status_code == 400


# Pages


def test_the_import_page_names_all_formats(client: TestClient[Litestar]) -> None:
    page = client.get("/import", headers=ANN).text
    assert page.count("<option value=") == 8
    assert "up to 25 MB" in page


def test_the_export_page_offers_the_members_exercises(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.keep(a_session("one", user_id="ann"))
    page = client.get("/export", headers=ANN).text
    assert '<option value="squat">Squat</option>' in page
    assert 'data-total="1"' in page


def test_a_member_without_history_is_told_why_nothing_can_be_brought_in(
    client: TestClient[Litestar], agent: FakeAgent
) -> None:
    agent.people.meet("Ann", keeps_history=False)
    page = client.get("/import", headers=ANN).text
    assert "no history is kept" in page
    assert 'id="files"' not in page


def test_the_pages_speak_german_too(client: TestClient[Litestar]) -> None:
    assert "Trainings übernehmen" in client.get("/import", headers=ANN | {"accept-language": "de"}).text


def test_a_visitor_without_a_name_is_asked_to_sign_in(client: TestClient[Litestar]) -> None:
    answer = client.get("/export", headers={"accept": "text/html"}, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in?next=/export"


# A long upload over a slow wifi


def upload_slowly(monkeypatch: pytest.MonkeyPatch, piece: int) -> bytes:
    """Send 40 kB in pieces, 50 ms apart, to a server that wants 10 kB in 300 ms; return the answer's first line."""
    monkeypatch.setattr(web.server, "_REQUEST_S", 0.3)
    monkeypatch.setattr(web.server, "_MEGABYTE", 10_000)
    agent = FakeAgent()
    agent.people.meet("Ann")
    head = (
        "POST /api/imports HTTP/1.1\r\nHost: kiosk\r\nAuthorization: Bearer token-ann\r\nContent-Length: 40000\r\n\r\n"
    )
    with served(agent) as serving, socket.create_connection(("127.0.0.1", serving.port), timeout=5) as client:
        client.sendall(head.encode())
        for _ in range(0, 40_000, piece):
            if select.select([client], [], [], 0.05)[0]:
                break
            client.sendall(b"x" * piece)
        try:
            return client.recv(100).partition(b"\r\n")[0]
        except ConnectionError:
            return b""


def test_an_upload_that_keeps_coming_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert upload_slowly(monkeypatch, 4_000).startswith(b"HTTP/1.1 422")


def test_an_upload_that_only_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert upload_slowly(monkeypatch, 100) == b""
