import ast
import time
from pathlib import Path

import pytest

from edge_agent.errors import PermanentError
from edge_agent.members.pins import MEMORY_KIB, PASSES, Pins, check_pin

CHEAP = Pins(memory_kib=64, passes=1)


@pytest.mark.parametrize(
    "pin", ["0000", "1111", "1234", "4321", "7890", "0987", "1212", "9898", "1987", "2004", "2580", "123456", "112233"]
)
def test_digits_that_are_guessed_first_are_refused(pin: str) -> None:
    with pytest.raises(PermanentError, match="guessed"):
        check_pin(pin)


@pytest.mark.parametrize("pin", ["password", "PASSWORT", "aaaaaaaa", "abababab", "qwertzui", "ann meier 7"])
def test_phrases_that_are_guessed_first_are_refused(pin: str) -> None:
    with pytest.raises(PermanentError, match="guessed"):
        check_pin(pin, "Ann")


@pytest.mark.parametrize("pin", ["", "123", "48a7", "short", "1" * 129])
def test_a_pin_that_is_too_short_or_long_is_refused(pin: str) -> None:
    with pytest.raises(PermanentError):
        check_pin(pin)


@pytest.mark.parametrize("pin", ["4711", "8253", "190519", "204820485", "blue horse eats", "Grüße aus Köln"])
def test_other_pins_are_fine(pin: str) -> None:
    check_pin(pin, "Ann")


def test_a_hash_matches_its_pin_only() -> None:
    pin_hash = CHEAP.hash("4711")
    assert CHEAP.matches("4711", pin_hash)
    assert not CHEAP.matches("4712", pin_hash)


def test_a_pin_is_the_same_from_every_keyboard() -> None:
    assert CHEAP.matches(" \uff14\uff17\uff11\uff11", CHEAP.hash("4711"))
    assert CHEAP.matches("Grüße 7", CHEAP.hash("Gru\u0308ße 7"))


def test_what_is_no_text_is_a_wrong_pin_and_no_error() -> None:
    pin_hash = CHEAP.hash("4711")
    for pin in ("\ud800", "4711\ud800", "\x00" * 5, "4" * 1_000_000, ""):
        assert not CHEAP.matches(pin, pin_hash)


def test_two_hashes_of_one_pin_differ() -> None:
    assert CHEAP.hash("4711") != CHEAP.hash("4711")


def test_nobody_matches_nothing() -> None:
    assert not CHEAP.matches("4711", None)
    assert not CHEAP.matches("nobody has this PIN", None)
    assert not CHEAP.matches("4711", "no hash at all")


def test_hashes_are_argon2id_with_the_documented_parameters() -> None:
    assert Pins().hash("4711").startswith(f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$")


def test_a_hash_with_other_parameters_is_outdated() -> None:
    assert Pins(memory_kib=128, passes=1).is_outdated(CHEAP.hash("4711"))
    assert not CHEAP.is_outdated(CHEAP.hash("4711"))


def test_an_unknown_name_costs_as_much_as_a_wrong_pin() -> None:
    pins = Pins()
    pin_hash = pins.hash("4711")

    def fastest_s(known: str | None) -> float:
        """The least of some tries is what the work takes; the rest is the machine's other work."""
        taken = []
        for _ in range(5):
            began_s = time.process_time()
            pins.matches("9172", known)
            taken.append(time.process_time() - began_s)
        return min(taken)

    assert 0.5 < fastest_s(None) / fastest_s(pin_hash) < 2


def test_only_one_module_imports_argon2_and_one_pyjwt() -> None:
    root = Path(__file__).resolve().parents[1]
    importers: dict[str, list[str]] = {"argon2": [], "jwt": []}
    for path in [*(root / "edge_agent").rglob("*.py"), *(root / "web").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.split(".")[0] for name in names} & set(importers):
                importers[top].append(path.name)
    assert {top: sorted(set(found)) for top, found in importers.items()} == {
        "argon2": ["pins.py"],
        "jwt": ["tokens.py"],
    }
