import re
from pathlib import Path

import pytest

from edge_agent.cli import _parser
from edge_agent.config import Config
from edge_agent.records import Record

ROOT = Path(__file__).resolve().parents[1]


def config_keys(record: type[Record], prefix: str = "") -> list[str]:
    keys: list[str] = []
    for name, kind in record.__annotations__.items():
        is_section = isinstance(kind, type) and issubclass(kind, Record)
        keys += config_keys(kind, f"{name}.") if is_section else [prefix + name]
    return keys


def verbs() -> list[str]:
    actions = _parser()._subparsers
    assert actions is not None
    return list(actions._group_actions[0].choices or ())


@pytest.mark.parametrize("key", config_keys(Config))
def test_each_key_of_the_settings_is_explained(key: str) -> None:
    assert f"`{key}`" in (ROOT / "docs/settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", verbs())
def test_each_command_is_in_the_readme(verb: str) -> None:
    assert f"`edge-agent {verb}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_each_link_of_the_documentation_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []
