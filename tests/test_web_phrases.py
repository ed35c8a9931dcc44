"""What the agent says is German on German pages, and English as it was for everybody else."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent.agent.parked import recognised
from edge_agent.config import SessionConfig
from edge_agent.errors import TemporaryError
from edge_agent.phrase import Phrase
from edge_agent.records import ENTITIES, SyncStatus
from tests.fake_agent import FakeAgent
from tests.fake_people import PIN
from tests.fake_training import a_session
from tests.phrase_parts import ROOT, everything_said, put_together
from tests.test_importing_hevy import KG, row
from web.app import create_app
from web.texts import catalogues, marks

GERMAN = {"accept-language": "de-DE,de;q=0.9"}
ANN = {"authorization": "Bearer token-ann"}
PAGE = {"accept": "text/html"}
PHRASES = catalogues()["de"].phrases
LOST = Phrase("{path}: no such camera; plug one in", path="/dev/video0")


# The catalogue


def test_whatever_pages_may_say_has_its_german_words() -> None:
    lacking = {f"{one.place}: {one.template}" for one in everything_said() if one.template not in (None, "", *PHRASES)}
    assert lacking == set()


def test_every_german_phrase_has_its_english_original() -> None:
    # Python 3.13 has other words for two of them.
    renamed = {"Content Too Large", "Request Entity Too Large", "Unprocessable Content", "Unprocessable Entity"}
    statuses = {one.phrase for one in HTTPStatus} | renamed
    plain = "".join((ROOT / "edge_agent" / one).read_text() for one in ("sync/forwarder.py",))
    said = {SessionConfig().user_name, *ENTITIES} | statuses | {one.template for one in everything_said()}
    assert [one for one in PHRASES if one not in said and f'"{one}"' not in plain] == []


def test_no_words_are_filled_in_before_they_can_be_translated() -> None:
    assert put_together() == []


def test_german_words_are_filled_in_with_the_same() -> None:
    for english, german in PHRASES.items():
        assert marks(english) == marks(german), english


def test_marks_are_found_with_their_forms() -> None:
    assert marks("{text!r} of {value:g} {unit}") == {"text", "value", "unit"}


# Refusals


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


def sign_in(client: TestClient[Litestar], **headers: str) -> httpx.Response:
    return client.post("/api/session", json={"name": "Ann", "pin": "9999"}, headers=headers)


def test_a_wrong_pin_is_refused_in_german(client: TestClient[Litestar]) -> None:
    answer = sign_in(client, **GERMAN)
    assert answer.json() == {"status": 403, "title": "Nicht erlaubt", "detail": "Name oder PIN ist falsch"}


def test_an_english_client_gets_the_same_bytes_as_ever(client: TestClient[Litestar]) -> None:
    told = b'{"status":403,"title":"Forbidden","detail":"name or PIN is wrong"}'
    assert sign_in(client).content == told
    assert sign_in(client, **{"accept-language": "fr, en;q=0.5"}).content == told


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/sessions/unknown", "ein Training &#39;unknown&#39; gibt es hier nicht"),
        ("/nowhere", "Hier ist nichts"),
        ("/?kiosk=maybe", "Diese Eingaben passen nicht: GET"),
    ],
)
def test_a_page_that_is_refused_is_german(client: TestClient[Litestar], path: str, words: str) -> None:
    page = client.get(path, headers=ANN | GERMAN | PAGE).text
    assert words in page
    for english in ("Not Found", "Validation", "is kept here", "Bad Request"):
        assert english not in page


def test_a_members_own_language_counts_more_than_the_browsers(agent: FakeAgent) -> None:
    agent.people.meet("Mia", language="de")
    with TestClient(create_app(agent, "Test kiosk")) as client:
        client.post("/api/session", json={"name": "Mia", "pin": PIN}, headers={"accept-language": "en"})
        answer = client.get("/api/sessions/unknown", headers={"accept-language": "en"})
    assert answer.json()["detail"] == "ein Training 'unknown' gibt es hier nicht"


def test_braces_in_an_address_are_told_as_they_are(client: TestClient[Litestar]) -> None:
    answer = client.get("/api/sessions/%7Bsession_id%7D", headers=ANN | GERMAN)
    assert answer.json()["detail"] == "ein Training '{session_id}' gibt es hier nicht"


class BusyAgent(FakeAgent):
    """Has trouble that it tells in words from elsewhere."""

    async def sync_status(self) -> SyncStatus:
        raise TemporaryError("disk {0} is odd")


def test_words_of_other_origin_stay_as_they_are() -> None:
    with TestClient(create_app(BusyAgent(), "Test kiosk")) as client:
        assert client.get("/api/sync", headers=GERMAN).json()["detail"] == "disk {0} is odd"


def test_near_matches_are_told_in_german(client: TestClient[Litestar]) -> None:
    answer = client.get("/api/history/sessions?sort=newst&sinze=x", headers=ANN | GERMAN)
    assert answer.json()["detail"] == "keinen Parameter 'sinze' gibt es hier; war 'since' gemeint?"


# Imports


def imported(client: TestClient[Litestar], content: str, headers: dict[str, str]) -> Any:
    answer = client.post("/api/imports?name=a.csv&dry_run=true", content=content, headers=ANN | headers)
    return answer.json()


def test_an_import_report_is_german(client: TestClient[Litestar]) -> None:
    report = imported(client, KG + row() + row(reps="many"), GERMAN)
    assert report["rows"][0]["where"] == "a.csv, Zeile 2"
    assert report["rows"][0]["reason"] == "Zeile 3: 'many' ist keine Zahl"


def test_an_import_report_for_programs_is_english(client: TestClient[Litestar]) -> None:
    report = imported(client, KG + row() + row(reps="many"), {})
    assert report["rows"][0]["where"] == "a.csv, line 2"
    assert report["rows"][0]["reason"] == "line 3: 'many' is not a number"


def test_a_file_in_no_known_format_is_refused_in_german(client: TestClient[Litestar]) -> None:
    detail = imported(client, "a,b\n1,2\n", GERMAN)["detail"]
    assert detail.startswith("a.csv: in keinem Format, das hier bekannt ist; nimm CSV von Hevy")


def test_a_file_that_is_no_text_is_called_what_it_is_in_german(client: TestClient[Litestar]) -> None:
    assert imported(client, "%PDF-1.7", GERMAN)["detail"].startswith("a.csv: das ist ein PDF, kein Text; nimm")


def test_a_row_of_our_own_csv_is_refused_in_german(client: TestClient[Litestar]) -> None:
    report = imported(client, "session_id,exercise_order,set,set_start\n,1,1,\n", GERMAN)
    assert (report["rows"][0]["where"], report["rows"][0]["reason"]) == ("a.csv, Zeile 2", "keine session_id")


# States


def test_camera_and_connection_are_german(agent: FakeAgent, client: TestClient[Litestar]) -> None:
    agent.change(vision="camera_lost", vision_detail=LOST, sync=Phrase("Connected to {address}", address="b:1883"))
    state = client.get("/api/live", headers=ANN | GERMAN).json()
    assert state["vision_detail"] == "/dev/video0: keine solche Kamera; steck eine ein"
    assert state["sync"] == "Verbunden mit b:1883"
    assert client.get("/api/live", headers=ANN).json()["vision_detail"] == LOST


def test_the_overview_of_the_cloud_is_german(agent: FakeAgent) -> None:
    words = "Broker {address} does not let us write {topic}: check its access rules"
    agent.set_sync(connection=Phrase(words, address="b:1883", topic="up"))
    with TestClient(create_app(agent, "Test kiosk")) as client:
        client.post("/api/session", json={"name": "Olga", "pin": PIN}, headers=GERMAN)
        page = client.get("/sync", headers=GERMAN | PAGE).text
    assert "Broker b:1883 lässt uns up nicht schreiben: Prüfe seine Zugriffsregeln" in page


def test_why_the_cloud_refused_a_workout_is_german(agent: FakeAgent, client: TestClient[Litestar]) -> None:
    reason = recognised("not a session: x")
    agent.keep(a_session("s0", user_id="ann"), state="refused", reason=reason)
    page = client.get("/sessions/s0", headers=ANN | GERMAN | PAGE).text
    assert "kein gültiger Datensatz session: x" in page


def test_a_guest_is_one_in_german_too(agent: FakeAgent, client: TestClient[Litestar]) -> None:
    agent.keep(a_session("s0", user_id="guest", user_name="Guest"))
    client.post("/api/session", json={"name": "Olga", "pin": PIN})
    assert "von Gast" in client.get("/sessions/s0", headers=GERMAN | PAGE).text


def test_a_member_of_that_name_keeps_it(agent: FakeAgent, client: TestClient[Litestar]) -> None:
    agent.keep(a_session("s0", user_id="ann", user_name="Guest"))
    assert "von Guest" in client.get("/sessions/s0", headers=ANN | GERMAN | PAGE).text
