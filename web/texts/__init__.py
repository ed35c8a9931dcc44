"""Every word the pages say, by language and area: `en/live.toml`, `de/live.toml` and so on.

`[page]` is for the templates, `[script]` goes to the browser with each page. `{name}` marks what is filled in. A key is
known in every language and has the same marks in each, or nothing is loaded at all. `[phrases]` is what the agent says:
its key is the English template (`edge_agent.phrase`), so English itself has none.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from edge_agent.errors import ConfigError
from edge_agent.records import Record

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de")
_FOLDER = Path(__file__).parent
_TABLES = ("page", "script", "phrases")


class Catalogue(Record, frozen=True, kw_only=True):
    """The words of one language."""

    language: str
    page: Mapping[str, str]
    script: Mapping[str, str]
    phrases: Mapping[str, str]


@functools.cache
def catalogues(folder: Path = _FOLDER) -> Mapping[str, Catalogue]:
    """Return all languages. Raises `ConfigError` that names each key which is missing or marked differently."""
    found = {language: _read(folder / language, language) for language in LANGUAGES}
    faults = [fault for other in found.values() for fault in _faults(found[ENGLISH], other)]
    if faults:
        raise ConfigError("\n".join(faults))
    return MappingProxyType(found)


def marks(text: str) -> frozenset[str]:
    """Return the names of what is filled in."""
    return frozenset(re.findall(r"\{(\w+)(?:![rs])?(?::[^{}]*)?\}", text))


def _read(folder: Path, language: str) -> Catalogue:
    tables: dict[str, dict[str, str]] = {name: {} for name in _TABLES}
    for path in sorted(folder.glob("*.toml")):
        area = tomllib.loads(path.read_text(encoding="utf-8"))
        for name, texts in area.items():
            if name not in tables:
                raise ConfigError(f"{path}: unknown table [{name}]; texts stand in {' or '.join(_TABLES)}")
            if twice := tables[name].keys() & texts.keys():
                raise ConfigError(f"{path}: another area has {', '.join(sorted(twice))} already; choose another name")
            tables[name] |= texts
    return Catalogue(language=language, **{name: MappingProxyType(texts) for name, texts in tables.items()})


def _faults(model: Catalogue, other: Catalogue) -> Iterable[str]:
    for table, known, found in (("page", model.page, other.page), ("script", model.script, other.script)):
        for key in sorted(known.keys() ^ found.keys()):
            lacking = other.language if key in known else model.language
            yield f"texts/{lacking}: [{table}] lacks {key}; add it"
        for key in sorted(known.keys() & found.keys()):
            if marks(known[key]) != marks(found[key]):
                yield f"texts/{other.language}: [{table}] {key} must fill in {sorted(marks(known[key]))}"
    for template, text in other.phrases.items():
        if marks(template) != marks(text):
            yield f"texts/{other.language}: [phrases] {template!r} must fill in {sorted(marks(template))}"
