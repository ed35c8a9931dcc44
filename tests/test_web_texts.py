import re
from pathlib import Path

import pytest
from litestar.testing import TestClient

from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import ConfigError
from tests.fake_agent import FakeAgent
from tests.fake_training import a_session
from web.app import create_app
from web.reader import preferred, script_words
from web.texts import LANGUAGES, catalogues

WEB = Path(__file__).parents[1] / "web"
SCRIPTS = "".join(path.read_text() for path in (WEB / "static" / "js").glob("*.js"))
TEMPLATES = "".join(path.read_text() for path in (WEB / "templates").rglob("*.html"))
PYTHON = "".join(path.read_text() for path in WEB.rglob("*.py"))
PAGE, SCRIPT = catalogues()["en"].page, catalogues()["en"].script


def families(text: str, pattern: str) -> tuple[str, ...]:
    """Return the beginnings of keys that are put together at run time."""
    return tuple(re.findall(pattern, text))


def test_every_text_a_script_says_is_there() -> None:
    assert set(re.findall(r'\bsay\("(\w+)"', SCRIPTS)) <= set(script_words())


def test_every_text_a_template_shows_is_there() -> None:
    assert set(re.findall(r"\bt\.(\w+)", TEMPLATES)) <= set(PAGE)


def test_no_text_for_scripts_is_idle() -> None:
    built = families(SCRIPTS, r"say\(`(\w+_)\$") + tuple(
        f"{key}_" for key in re.findall(r'say(?:Counted|Known)\("(\w+)"', SCRIPTS)
    )
    idle = [key for key in SCRIPT if f'"{key}"' not in SCRIPTS and not key.startswith(built)]
    assert idle == []


def test_no_text_for_templates_is_idle() -> None:
    built = families(TEMPLATES, r"attr\('(\w+_)' ~") + families(PYTHON, r'(?:known_word\(f?|_FAMILY = )"(\w+_)')
    used = set(re.findall(r"\bt\.(\w+)", TEMPLATES)) | set(re.findall(r'"(\w+)"', PYTHON))
    assert [key for key in PAGE if key not in used and not key.startswith(built)] == []


def written(folder: Path, english: str, german: str) -> Path:
    for language, text in (("en", english), ("de", german)):
        (folder / language).mkdir()
        (folder / language / "live.toml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("english", "german", "told"),
    [
        ('[page]\na = "x"', "[page]", "texts/de: [page] lacks a; add it"),
        ('[script]\na = "{n} x"', '[script]\na = "x"', "texts/de: [script] a must fill in ['n']"),
        ('[other]\na = "x"', "", "unknown table [other]"),
    ],
)
def test_languages_that_differ_are_refused(tmp_path: Path, english: str, german: str, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        catalogues(written(tmp_path, english, german))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "en"), ("de-CH,de;q=0.9", "de"), ("fr, de;q=0.2, en;q=0.7", "en"), ("de;q=0", "en"), ("de;q=x;;,", "de")],
)
def test_the_browsers_first_choice_is_taken(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


def test_a_german_browser_gets_a_german_page_with_german_dates() -> None:
    agent = FakeAgent()
    agent.keep(a_session("s0"))
    with TestClient(create_app(agent, "Iron & Co")) as client:
        text = client.get("/sessions/s0", headers={"accept": "text/html", "accept-language": "de"}).text
    for shown in ('<html lang="de"', "Kniebeuge", "Fr 20. Nov. 2026", "1,2 \N{EN DASH} 0,2"):
        assert shown in text


def test_an_address_that_is_not_there_says_so_in_german() -> None:
    with TestClient(create_app(FakeAgent(), "Iron & Co")) as client:
        text = client.get("/nowhere", headers={"accept": "text/html", "accept-language": "de-AT"}).text
    assert "Hier ist nichts" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exercise_has_its_name(language: str) -> None:
    assert {f"exercise_{key}" for key in load_exercises()} <= set(catalogues()[language].page)


def test_every_fault_and_cue_of_the_exercises_has_its_words() -> None:
    exercises = "".join(path.read_text() for path in (WEB.parent / "edge_agent/coaching/exercises").glob("*.toml"))
    faults = re.findall(r'\btext = "(.+?)"|partial_text = "(.+?)"', exercises)
    cues = re.findall(r'\bcue = "(.+?)"|partial_cue = "(.+?)"', exercises)
    assert faults
    assert all("said_" + slug("".join(found)) in PAGE for found in faults)
    assert all("cue_" + slug("".join(found)) in SCRIPT for found in cues)


def slug(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower())
