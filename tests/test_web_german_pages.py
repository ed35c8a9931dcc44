"""No page shows English to whoever reads German, refusals and trouble included."""

import re
from html.parser import HTMLParser

import pytest
from litestar.testing import TestClient

from edge_agent.phrase import Phrase
from tests.fake_agent import FakeAgent
from tests.fake_people import PIN
from tests.fake_training import a_session
from web.app import create_app

ENGLISH = re.compile(
    r"\b(the|your|and|not|with|is|are|has|of|to|for|this|you|reps?|sets?|workout|week|from)\b", re.IGNORECASE
)
PAGES = (
    *("/", "/?kiosk=1", "/history", "/history/add", "/exercises", "/exercises/squat", "/sessions/s0", "/sync"),
    *("/profile", "/members", "/import", "/export", "/sign-in", "/claim", "/join", "/pair", "/left"),
    *("/nowhere", "/?kiosk=x", "/sessions/unknown", "/history?member=nobody"),
)


class Seen(HTMLParser):
    """What somebody sees or hears of a page, but for the names of time zones."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(re.sub(r"(?s)<script.*?</script>|<option[^>]*>[A-Z]\w+/[^<]*</option>", "", page))

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [
            value for name, value in attrs if value and name in {"alt", "aria-label", "placeholder", "title"}
        ]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("name", ["Ann", "Olga", ""])
def test_no_german_page_speaks_english(name: str) -> None:
    agent = FakeAgent()
    agent.people.meet("Ann")
    agent.people.meet("Olga", role="owner")
    agent.keep(a_session("s0", user_id="ann"))
    agent.set_sync(connection=Phrase("Broker {address} closed the connection", address="b:1883"))
    with TestClient(create_app(agent, "Test kiosk")) as client:
        client.headers.update({"accept": "text/html", "accept-language": "de"})
        if name:
            client.post("/api/session", json={"name": name, "pin": PIN})
        pages = {path: Seen(client.get(path).text) for path in PAGES}
    assert [(path, one) for path, page in pages.items() for one in page.texts if ENGLISH.search(one)] == []
