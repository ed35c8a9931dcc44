from collections.abc import Iterator
from contextvars import copy_context

import pytest

from web import measures
from web.reader import Reader, _reader, read_by

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def german_pounds() -> Iterator[None]:
    before = _reader.set(Reader(language="de", units="imperial"))
    yield
    _reader.reset(before)


def test_weights_are_in_the_members_unit_and_language(german_pounds: None) -> None:
    assert (measures.weight(102.058), measures.volume(1000), measures.unit()) == (
        f"225{NBSP}lb",
        f"2.205{NBSP}lb",
        "lb",
    )


def test_what_was_typed_in_pounds_comes_back() -> None:
    def typed() -> list[float]:
        read_by(Reader(units="imperial"))
        weights = [pounds / 4 for pounds in range(1, 2000)]
        return [weight for weight in weights if measures.load(round(weight * measures.POUND_KG, 3)) != weight]

    assert copy_context().run(typed) == []


@pytest.mark.parametrize(
    ("now", "before", "text"), [(112, 100, "+12"), (50, 100, "-50"), (100, 100, "\N{PLUS-MINUS SIGN}0"), (2, 3, "-33")]
)
def test_a_change_is_in_percent(now: float, before: float, text: str) -> None:
    assert measures.change(now, before) == f"{text}{NBSP}%"


def test_without_anything_before_there_is_no_change() -> None:
    assert measures.change(5, 0) == ""


@pytest.mark.parametrize(("seconds", "text"), [(59, "0 min"), (3599, "59 min"), (3900, "1 h 05")])
def test_long_times_are_short_to_read(seconds: float, text: str) -> None:
    assert measures.hours(seconds) == text


def test_an_estimate_promises_one_digit_only() -> None:
    assert measures.estimate(109.3333) == f"109.3{NBSP}kg"
