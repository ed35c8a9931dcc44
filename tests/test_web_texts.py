import re
from pathlib import Path

from web.texts import PAGE, SCRIPT

WEB = Path(__file__).parents[1] / "web"
SCRIPTS = "".join(path.read_text() for path in (WEB / "static" / "js").glob("*.js"))
TEMPLATES = "".join(path.read_text() for path in (WEB / "templates").glob("*.html"))


def families(text: str, pattern: str) -> tuple[str, ...]:
    """Return the beginnings of keys that are put together at run time."""
    return tuple(re.findall(pattern, text))


def test_every_text_a_script_says_is_there() -> None:
    assert set(re.findall(r'\bsay\("(\w+)"', SCRIPTS)) <= set(SCRIPT)


def test_every_text_a_template_shows_is_there() -> None:
    assert set(re.findall(r"\bt\.(\w+)", TEMPLATES)) <= set(PAGE)


def test_no_text_for_scripts_is_idle() -> None:
    built = families(SCRIPTS, r"say\(`(\w+_)\$") + tuple(
        f"{key}_" for key in re.findall(r'sayCounted\("(\w+)"', SCRIPTS)
    )
    idle = [key for key in SCRIPT if f'"{key}"' not in SCRIPTS and not key.startswith(built)]
    assert idle == []


def test_no_text_for_templates_is_idle() -> None:
    built = families(TEMPLATES, r"attr\('(\w+_)' ~")
    idle = [key for key in PAGE if f"t.{key}" not in TEMPLATES and not key.startswith(built)]
    assert idle == []
