import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.fake_agent import FakeAgent
from tests.fake_training import a_rep, a_session, a_set
from web.app import create_app

PAGES = ["/", "/?kiosk=1", "/history", "/sessions/s0", "/sync", "/nowhere"]


@pytest.fixture
def agent() -> FakeAgent:
    agent = FakeAgent()
    agent.keep(a_session("s0"), state="handed_over")
    return agent


@pytest.fixture
def client(agent: FakeAgent) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(agent, "Iron & Co")) as client:
        client.headers["accept"] = "text/html"
        yield client


class Addresses(HTMLParser):
    """Everything a page loads or links to, and whatever in it a strict policy would not run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"src", "href", "action"}]
        self.inline += [name for name, _ in attrs if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.inline.append(tag)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_html_with_one_heading(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.count("<h1") == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_no_other_host_and_has_nothing_inline(client: TestClient[Litestar], path: str) -> None:
    addresses = Addresses(client.get(path).text)
    assert all(re.match(r"[/#](?!/)", address) for address in addresses.found), addresses.found
    assert addresses.inline == []


@pytest.mark.parametrize("path", PAGES)
def test_everything_a_page_loads_is_there(client: TestClient[Litestar], path: str) -> None:
    loaded = [found for found in Addresses(client.get(path).text).found if found.startswith("/static/")]
    assert loaded
    assert [client.get(address).status_code for address in loaded] == [200] * len(loaded)


def test_only_the_kiosks_screen_is_told_to_be_dark(client: TestClient[Litestar]) -> None:
    assert 'data-screen="kiosk"' in client.get("/?kiosk=1").text
    assert 'data-screen="kiosk"' not in client.get("/").text


def test_the_kiosks_name_is_escaped(client: TestClient[Litestar]) -> None:
    assert "Iron &amp; Co" in client.get("/").text


def test_the_live_page_offers_to_find_out_and_each_exercise(client: TestClient[Litestar]) -> None:
    offered = re.findall(r'data-exercise="(\w+)"', client.get("/").text)
    assert offered == ["auto", "biceps_curl", "jumping_jack", "push_up", "squat"]


def test_history_without_workouts_says_what_to_do() -> None:
    with TestClient(create_app(FakeAgent(), "Test kiosk")) as client:
        assert "No workout yet" in client.get("/history").text


def test_history_leads_through_all_pages(client: TestClient[Litestar], agent: FakeAgent) -> None:
    for number in range(1, 45):
        agent.keep(a_session(f"s{number}"))
    seen, path = 0, "/history"
    while path:
        text = client.get(path).text
        seen += text.count('class="workout"')
        match = re.search(r'rel="next" href="([^"]+)"', text)
        path = match[1] if match else ""
    assert seen == 45


def test_history_shows_how_far_each_workout_has_come(client: TestClient[Litestar]) -> None:
    assert 'class="badge handed_over"' in client.get("/history").text


def test_a_session_shows_range_tempo_score_and_evidence_of_a_rep(client: TestClient[Litestar]) -> None:
    text = client.get("/sessions/s0").text
    tempo, score = "1.2 \N{EN DASH} 0.2 \N{EN DASH} 0.9", "94\N{NO-BREAK SPACE}%"
    for shown in ("95°", tempo, score, "hips stayed well above the knees", "97°, limit 90°"):
        assert shown in text


def test_a_session_names_its_file_and_revision(client: TestClient[Litestar]) -> None:
    text = client.get("/sessions/s0").text
    assert "training_session_2026_11_20_1a2b3c4d.json" in text
    assert "019aa0b1c2d3-0001-kiosk-1" in text


def test_a_refused_session_gives_the_reason(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.keep(a_session("bad"), state="refused", reason="<b>too heavy</b>")
    assert "refused this workout: &lt;b&gt;too heavy&lt;/b&gt;" in client.get("/sessions/bad").text


def test_doubtful_and_partial_reps_are_marked(client: TestClient[Litestar], agent: FakeAgent) -> None:
    session = a_session("odd")
    odd = a_set(1, reps=(a_rep(1, full=False, rom_deg=None), a_rep(2, doubtful=True, rom_deg=None)))
    entry = session.exercises[0]
    agent.keep(a_session("odd", exercises=(type(entry)(order=1, exercise="squat", name="Squat", sets=(odd,)),)))
    text = client.get("/sessions/odd").text
    assert "Partial</span>" in text
    assert "Uncertain count" in text


def test_an_uncertain_clock_and_an_interruption_are_told(client: TestClient[Litestar], agent: FakeAgent) -> None:
    agent.keep(a_session("cut", clock_certain=False, interrupted=True))
    text = client.get("/sessions/cut").text
    assert "date may be wrong" in text
    assert "cut off by a restart" in text


def test_the_overview_shows_connection_and_figures(client: TestClient[Litestar]) -> None:
    text = client.get("/sync").text
    assert "Connected to the broker" in text
    assert 'id="pending">0<' in text
