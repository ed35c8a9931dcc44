"""The tables that the importer reads: months of many languages, and names of exercises; and what is read with them."""

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edge_agent.importing
from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.moments import moment
from edge_agent.importing.names import _plain as plain_name
from tests.importing_parts import NAMING

FOLDER = Path(edge_agent.importing.__file__).parent
BERLIN = ZoneInfo("Europe/Berlin")


def table(name: str) -> dict[str, list[str]]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def test_a_word_means_one_month() -> None:
    months = table("months.toml")
    words = Counter(word for number in months for word in {plain_name(word) for word in months[number]})
    assert sorted(months, key=int) == [str(number) for number in range(1, 13)]
    assert [word for word, count in words.items() if count > 1] == []


def test_every_month_of_the_table_is_read() -> None:
    for number, words in table("months.toml").items():
        for word in words:
            assert moment(f"16 {word} 2026, 18:30", BERLIN).month == int(number), word


def test_a_name_means_one_exercise_that_is_there() -> None:
    names, exercises = table("names.toml"), load_exercises()
    words = Counter(word for key in names for word in {plain_name(name) for name in names[key]})
    assert set(names) <= set(exercises)
    assert [word for word, count in words.items() if count > 1] == []
    assert {NAMING(name).key == key for key in names for name in names[key]} == {True}


@pytest.mark.parametrize("name", ["BENCH  PRESS (barbell)", "bench_press", "Développé Couché", "developpe couche"])
def test_capitals_accents_and_punctuation_do_not_matter(name: str) -> None:
    assert NAMING(name).key == "bench_press"


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)))
def test_a_date_is_read_back_in_every_way_it_is_written(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0, tzinfo=BERLIN)
    for form in ("%Y-%m-%d %H:%M:%S", "%d %b %Y, %H:%M", "%b %d, %Y, %I:%M %p", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M"):
        assert moment(when.strftime(form), BERLIN) == when, form


def test_an_offset_of_the_file_stays_and_utc_becomes_local() -> None:
    assert moment("2026-02-16T18:30:00-05:00", BERLIN).utcoffset() == timedelta(hours=-5)
    assert moment("2026-02-16T18:30:00Z", BERLIN) == datetime(2026, 2, 16, 18, 30, tzinfo=UTC)
    assert moment("2026-07-16T18:30:00Z", BERLIN).tzinfo == timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    "text", ["", "x" * 100, "32.01.2026", "2026-02-30", "25:00", "16 Feb", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(PermanentError):
        moment(text, BERLIN)


@pytest.mark.parametrize(
    ("text", "value"),
    [("82,5", 82.5), ("82.5", 82.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), (" 5 ", 5), ("", None)],
)
def test_a_number_has_a_decimal_point_or_comma(text: str, value: float | None) -> None:
    assert quantities.number(text) == value


@pytest.mark.parametrize("text", ["abc", "1e5", "NaN", "1.2.3", "--1", "\u0661x"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PermanentError, match="is not a number"):
        quantities.number(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h 5m", 3900), ("45m", 2700), ("2h 3m 20s", 7400), ("1:05:00", 3900), ("45:00", 2700), ("3900", 3900), ("", 0)],
)
def test_a_duration_is_read_as_programs_write_it(text: str, seconds: float) -> None:
    assert quantities.duration_s(text) == seconds


@pytest.mark.parametrize("text", ["soon", "h", "-5", "9999999h", "145:99"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(PermanentError):
        quantities.duration_s(text)
