"""What the framework says of input that does not fit is German on German pages, and English as it was elsewhere."""

from typing import Annotated, Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from edge_agent.phrase import Phrase
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from web.app import create_app
from web.misfits import misfit
from web.texts import catalogues

GERMAN = {"authorization": "Bearer token-ann", "accept-language": "de"}
TOLD = {
    "Object missing required field `name`": "das Feld `name` fehlt",
    "Object contains unknown field `nope`": "ein Feld `nope` gibt es hier nicht",
    "Expected `str`, got `int`": "erwartet: Text, bekommen: ganze Zahl",
    "Expected `float | null`, got `object`": "erwartet: Zahl | nichts, bekommen: Objekt",
    "Expected `date`, got `bool`": "erwartet: date, bekommen: wahr oder falsch",
    "Expected `float` <= 10.0": "erwartet: Zahl, höchstens 10.0",
    "Expected `int` >= 1": "erwartet: ganze Zahl, mindestens 1",
    "Expected `str` of length <= 60": "erwartet: Text mit einer Länge von höchstens 60",
    "Expected `array` of length >= 1": "erwartet: Liste mit einer Länge von mindestens 1",
    "Invalid enum value '{stone}'": "'{stone}' ist hier kein möglicher Wert",
    "Missing required query parameter 'q' for path /x": "/x braucht 'q' (query)",
}


def in_german(text: str) -> str:
    return Phrase.of(misfit(text)).said_in(catalogues()["de"].phrases)


@pytest.mark.parametrize(("english", "german"), TOLD.items())
def test_the_usual_misfits_are_told_in_german_and_the_same_in_english(english: str, german: str) -> None:
    assert (str(misfit(english)), in_german(english)) == (english, german)


def test_what_is_not_known_stays_as_it_is() -> None:
    assert in_german("Invalid UUID {0}") == "Invalid UUID {0}"


class Body(msgspec.Struct):
    """One field of each usual kind."""

    count: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=3, pattern="^[a-z]+$")] = "a"
    parts: Annotated[list[int], msgspec.Meta(min_length=1, max_length=2)] = []


@pytest.mark.parametrize(
    "body",
    [
        *({"count": 0}, {"count": 10}, {"count": 1.5}, {"count": None}, {"share": 0.0}, {"share": 1.0}),
        *({"name": ""}, {"name": "abcd"}, {"name": "A"}, {"name": []}, {"parts": []}, {"parts": [1, 2, 3]}, []),
    ],
)
def test_each_bound_that_msgspec_knows_is_recognised(body: Any) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(body, Body)
    text = str(caught.value).split(" - ")[0]
    assert in_german(text).startswith("erwartet: ")


@pytest.fixture(scope="module")
def app() -> Litestar:
    agent = FakeAgent()
    agent.people.meet("Olga", role="owner")
    agent.people.meet("Ann")
    agent.keep(a_session("s0", user_id="ann"))
    return create_app(agent, "Test kiosk")


@pytest.mark.parametrize(
    ("language", "message"), [("de", "erwartet: Zahl, höchstens 10.0"), ("en", "Expected `float` <= 10.0")]
)
def test_a_refused_correction_says_what_is_wrong_in_the_readers_language(
    app: Litestar, language: str, message: str
) -> None:
    edit = {"sets": [{"exercise": 1, "number": 1, "rpe": 77}]}
    with TestClient(app) as client:
        answer = client.patch("/api/sessions/s0", json=edit, headers=GERMAN | {"accept-language": language})
    assert answer.json()["errors"] == [{"message": message, "key": "sets[0].rpe", "source": "body"}]


def test_a_page_that_is_refused_says_which_part_of_its_address_is_wrong(app: Litestar) -> None:
    with TestClient(app) as client:
        page = client.get("/?kiosk=maybe", headers=GERMAN | {"accept": "text/html"}).text
    assert "kiosk: erwartet: wahr oder falsch, bekommen: Text" in page
