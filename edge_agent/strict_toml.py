"""TOML read into a record, strictly: every fault at once, each with its key, its line and a near match."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from edge_agent.errors import ConfigError
from edge_agent.records import Record

R = TypeVar("R", bound=Record)

Fault = tuple[str, str]
"""A dotted key and what is wrong with its value."""


def read_strict(text: str, source: str, record: type[R], checks: Iterable[Callable[[R], Iterable[Fault]]]) -> R:
    """Return the record. `checks` judge the values, with defaults in place of those that are wrong already.

    Raises `ConfigError` with a line for each fault; `source` names the text in it.
    """
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits and brackets a thousand deep are no `TOMLDecodeError`.
        raise ConfigError(f"{source}: not valid TOML: {error}") from error
    faults: list[Fault] = []
    sound = _sound_part(tree, record, "", faults)
    value = msgspec.convert(sound, record)
    for check in checks:
        faults += check(value)
    if faults:
        raise ConfigError("\n".join(_told(faults, source, _key_lines(text))))
    return value


def near(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?`, or what is known when nothing is near."""
    known = list(known)
    matches = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {matches[0]!r}?" if matches else f"; known: {', '.join(known)}"


def _told(faults: list[Fault], source: str, lines: dict[str, int]) -> list[str]:
    placed = sorted((_line_of(key, lines), key, words) for key, words in faults)
    return [f"{source}, line {line}: {key if key.isprintable() else repr(key)}: {words}" for line, key, words in placed]


def _line_of(key: str, lines: dict[str, int]) -> int:
    """A key that is missing is told where its section begins."""
    return lines.get(key) or lines.get(key.rpartition(".")[0]) or 1


def _sound_part(tree: dict[str, Any], record: type[Record], prefix: str, faults: list[Fault]) -> dict[str, Any]:
    fields = {field.name: field for field in msgspec.structs.fields(record)}
    sound: dict[str, Any] = {}
    for key, value in tree.items():
        name = prefix + key
        if key not in fields:
            faults.append((name, f"unknown key{near(key, fields)}"))
            continue
        kind = fields[key].type
        if isinstance(kind, type) and issubclass(kind, Record):
            if isinstance(value, dict):
                sound[key] = _sound_part(value, kind, f"{name}.", faults)
            else:
                faults.append((name, f"must be a section, written as [{name}]"))
            continue
        try:
            sound[key] = msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            faults.append((name, _explain(value, kind, str(error))))
    return sound


def _explain(value: object, kind: Any, reason: str) -> str:
    if get_origin(kind) is not Literal:
        return reason
    choices = [str(choice) for choice in get_args(kind)]
    close = difflib.get_close_matches(str(value), choices, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{value!r} is not one of {', '.join(choices)}{hint}"


def _key_lines(text: str) -> dict[str, int]:
    """Map dotted keys to line numbers; tomllib does not give them."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"""\s*\[\s*([\w.\-\s"']+?)\s*\]""", line):
            section = re.sub(r"""[\s"']""", "", header[1]) + "."
            lines.setdefault(section[:-1], number)
        elif key := re.match(r"""\s*([\w\-"']+(?:\s*\.\s*[\w\-"']+)*)\s*=""", line):
            lines.setdefault(section + re.sub(r"""[\s"']""", "", key[1]), number)
    return lines
