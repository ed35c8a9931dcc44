"""Asking one question after the other, on a terminal or through a pipe."""

import io
import sys
from collections.abc import Callable
from typing import TypeVar

from edge_agent.errors import PermanentError

T = TypeVar("T")

_LONGEST = 500


def prepare_streams() -> None:
    """Let no odd byte end the conversation: what can't be read is asked again, what can't be shown becomes a `?`."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def ask(question: str, parse: Callable[[str], T]) -> T | None:
    """Ask until the answer is a good one; None for an empty answer. Raises `EOFError` at the end of the input.

    `parse` raises `PermanentError` with a sentence that says what is expected.
    """
    while True:
        answer = input(f"{question}: ").strip()
        if not sys.stdin.isatty():
            print(answer)  # a terminal has shown it already
        if not answer:
            return None
        try:
            return parse(_text(answer))
        except PermanentError as error:
            print(f"  {error}.")


def ask_yes(question: str, *, at_end: bool = True) -> bool:
    """Ask for yes or no; an empty answer means yes, the end of the input `at_end`."""
    try:
        return ask(f"{question} [Y/n]", _parse_yes) is not False
    except EOFError:
        print()
        return at_end


def _parse_yes(text: str) -> bool:
    if text.casefold() in ("y", "yes"):
        return True
    if text.casefold() in ("n", "no"):
        return False
    raise PermanentError(f"{text!r} is neither yes nor no; type y or n")


def _text(answer: str) -> str:
    if not answer.isprintable():
        raise PermanentError("that holds characters that are no text; type it again")
    if len(answer) > _LONGEST:
        raise PermanentError(f"that is longer than {_LONGEST} characters; say it shorter")
    return answer
