import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge_agent.errors import PermanentError
from edge_agent.exporting.training_log import to_training_log
from edge_agent.importing.training_log import logged_session, read_training_log
from edge_agent.records import Session
from tests.test_session_files import EXAMPLE, held_session

BERLIN = ZoneInfo("Europe/Berlin")


def read(document: dict[str, Any]) -> Session:
    return logged_session(read_training_log(json.dumps(document).encode()), "kiosk-1", BERLIN, str.upper)


def changed(**fields: Any) -> dict[str, Any]:
    return EXAMPLE | fields


def test_a_file_that_was_read_is_written_as_it_was() -> None:
    assert to_training_log(read(EXAMPLE)) == EXAMPLE


def test_held_seconds_come_back_from_the_file() -> None:
    document = to_training_log(held_session())
    assert read(document).hold_s == 34.2
    assert to_training_log(read(document)) == document


def test_warm_up_and_working_sets_are_numbered_as_one_row() -> None:
    (entry,) = read(EXAMPLE).exercises
    assert [(one.number, one.kind, one.reps_full) for one in entry.sets] == [(1, "warmup", 5), (2, "working", 5)]
    assert entry.sets[1].rest_before_s == 90


def test_nothing_is_made_up_that_the_file_does_not_tell() -> None:
    session = read(EXAMPLE)
    assert (session.source, session.duration_s, session.calories_kcal, session.accuracy) == ("import", 0, None, None)


def test_the_exercise_has_the_key_that_belongs_to_its_name() -> None:
    assert read(EXAMPLE).exercises[0].exercise == "BARBELL BENCH PRESS"


def test_a_date_without_offset_is_one_of_the_gyms_time_zone() -> None:
    session = read(changed(date="2026-02-16T23:34:50.722615"))
    assert session.start_time == "2026-02-16T23:34:50.722615+01:00"


@pytest.mark.parametrize("date", ["16.02.2026", "2026-13-01T00:00:00", ""])
def test_a_date_that_is_none_is_refused_in_words(date: str) -> None:
    with pytest.raises(PermanentError, match="is not a time such as"):
        read(changed(date=date))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (changed(dataModelVersion="0.0.2"), "dataModelVersion"),
        (changed(calories=100), "calories"),
        (changed(userId=""), "userId"),
        (changed(week="5"), "week"),
        ({name: value for name, value in EXAMPLE.items() if name != "phase"}, "phase"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_and_the_place_named(document: dict[str, Any], words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        read(document)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": NaN}'])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(PermanentError):
        read_training_log(content)
