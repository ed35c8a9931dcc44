"""What the code says to people, read from its source: the templates of errors and phrases."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
REACHED = (
    *("members", "agent", "history", "importing", "exporting", "sessions", "interface", "camera", "mqtt", "journal"),
    "vision.py",
    "../web",
)
"""Whose words pages show, under `edge_agent`."""
_SAYING = frozenset(
    {
        *("Phrase", "PermanentError", "ConflictError", "TemporaryError"),
        *("SignInError", "TokenError", "UnknownKeyError", "NoFrameError", "CameraStuckError"),
        *("ClientException", "HTTPException", "NotAuthorizedException", "PermissionDeniedException"),
        *("ServiceUnavailableException", "ValidationException"),
    }
)


class Said(NamedTuple):
    """One call that says something; `template` is None for words from elsewhere, such as another error's."""

    place: str
    call: str
    words: ast.expr
    template: str | None


def everything_said() -> list[Said]:
    """Return all that the modules say whose words pages may show. Faults of the settings end the program instead."""
    found = [one for part in REACHED for path in _sources(ROOT / "edge_agent" / part) for one in _said_in(path)]
    assert len(found) > 200
    return found


def put_together() -> list[str]:
    """Return the places where words for people are filled in before they become a phrase, and so stay English."""
    found = [one.place for one in everything_said() if isinstance(one.words, ast.JoinedStr | ast.BinOp)]
    for part in REACHED:
        for path in _sources(ROOT / "edge_agent" / part):
            found += [f"{path.name}:{one.value.lineno}" for one in _told_by_keyword(path)]
    return found


def _told_by_keyword(path: Path) -> Iterator[ast.keyword]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = {"reason", "where", "words", "detail"}
        if isinstance(node, ast.keyword) and node.arg in names and isinstance(node.value, ast.JoinedStr):
            yield node


def _sources(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _said_in(path: Path) -> Iterator[Said]:
    saying = _SAYING | {"ConfigError"} if path.parent.name == "camera" else _SAYING
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = _constants(tree)
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))):
        known = constants | _constants(scope)
        for call in _own_calls(scope):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            words = _words(call)
            if name in saying and words is not None:
                place = f"{path.resolve().relative_to(ROOT)}:{call.lineno}"
                for template in _templates(words, known):
                    yield Said(place, name, words, template)


def _own_calls(scope: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of a function or module without those of the functions in it."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _own_calls(node)


def _words(call: ast.Call) -> ast.expr | None:
    detail = next((one.value for one in call.keywords if one.arg == "detail"), None)
    return detail or (call.args[0] if call.args else None)


def _constants(scope: ast.AST) -> dict[str, list[str]]:
    """Return the texts that names stand for in a scope."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for one in _literals(node.value):
                found.setdefault(node.targets[0].id, []).append(one)
    return found


def _templates(words: ast.expr, known: dict[str, list[str]]) -> list[str | None]:
    if isinstance(words, ast.Name) and words.id in known:
        return list(known[words.id])
    return [*_literals(words)] or [None]


def _literals(words: ast.expr) -> list[str]:
    if isinstance(words, ast.IfExp):
        return [*_literals(words.body), *_literals(words.orelse)]
    if isinstance(words, ast.BoolOp):
        return [one for value in words.values for one in _literals(value)]
    return [words.value] if isinstance(words, ast.Constant) and isinstance(words.value, str) else []
