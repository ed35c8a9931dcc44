"""Our own CSV comes back in: the same workouts, nothing doubled, nothing of the camera's replaced."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent.exporting import table
from edge_agent.records import Fault, Session
from tests.importing_parts import left_out, only, refusals
from tests.journal_parts import START, make_session
from tests.test_session_files import rich_session
from tests.transfer_parts import Desk, desk


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "here") as opened:
        yield opened


def csv_of(*sessions: Session) -> bytes:
    return table.header() + table.rows(sessions)


def cells(content: bytes, before: str, after: str) -> bytes:
    """Return a file in which somebody has typed something else."""
    assert before.encode() in content
    return content.replace(before.encode(), after.encode(), 1)


def bring(desk: Desk, content: bytes, name: str = "workouts.csv") -> tuple[int, int, int, int]:
    report = asyncio.run(desk.bring(content, name=name))
    return (report.new, report.known, report.changed, report.refused)


def test_all_that_a_row_tells_comes_back() -> None:
    (entry,) = rich_session().exercises
    timed = tuple(msgspec.structs.replace(one, started_at=START, ended_at=START) for one in entry.sets)
    entry = msgspec.structs.replace(entry, sets=timed, muscles=("chest", "triceps"))
    before = msgspec.structs.replace(rich_session(), notes="=1+1", focus="-legs-", exercises=(entry,))
    after = only(csv_of(before))
    assert (after.source, after.exercises) == ("import", (entry,))
    for name in ("start_time", "end_time", "duration_s", "focus", "notes", "phase", "week", "is_deload_week"):
        assert getattr(after, name) == getattr(before, name), name


def test_imported_where_it_comes_from_it_changes_nothing(here: Desk) -> None:
    here.save(make_session(user_id="ann"), make_session("s2", user_id="ann", start="2026-03-01T10:00:00+01:00"))
    before = here.sessions()
    assert bring(here, asyncio.run(here.export("csv"))) == (0, 2, 0, 0)
    assert here.sessions() == before


def test_what_the_camera_counted_is_not_replaced_by_an_edited_file(here: Desk) -> None:
    here.save(make_session(user_id="ann"))
    before = here.sessions()
    content = cells(asyncio.run(here.export("csv")), ",3,0,", ",30,0,")
    assert bring(here, content) == (0, 1, 0, 0)
    assert here.sessions() == before


def test_a_second_import_elsewhere_changes_nothing_and_neither_does_the_zip(here: Desk, tmp_path: Path) -> None:
    held = make_session("s2", user_id="ann", start="2026-03-01T10:00:00+01:00")
    sagging = Fault(key="hips", text="Hips up", value=3.0, threshold=1.0, unit="s")
    (entry,) = held.exercises
    (one,) = entry.sets
    entry = msgspec.structs.replace(entry, sets=(msgspec.structs.replace(one, hold_s=30.0, hold_faults=(sagging,)),))
    held = msgspec.structs.replace(held, exercises=(entry,))
    here.save(make_session(user_id="ann"), held)
    with desk(tmp_path / "other") as other:
        assert bring(other, asyncio.run(here.export("csv"))) == (2, 0, 0, 0)
        assert bring(other, asyncio.run(here.export("csv"))) == (0, 2, 0, 0)
        assert bring(other, asyncio.run(here.export("json")), "export.zip") == (0, 2, 0, 0)


def test_a_spreadsheets_own_spelling_is_read() -> None:
    content = csv_of(make_session(user_id="ann")).replace(b",", b";").replace(b";80;", b";82,5;")
    assert only(content).exercises[0].sets[0].weight_kg == 82.5


def test_a_row_that_cant_be_read_is_left_out_and_told() -> None:
    content = csv_of(make_session(user_id="ann", sets=2))
    assert "line 2" in left_out(cells(content, ",80,", ",heavy,"))[0]


def test_rows_that_stand_twice_double_nothing() -> None:
    once = csv_of(make_session(user_id="ann"))
    twice = once + once.splitlines(keepends=True)[1]
    assert only(twice).exercises == only(once).exercises
    assert left_out(twice) == ["line 3: set 1 is here already"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("0194f7a1-5ca4-7c42-9530-f957959f633d", "", "no session_id"),
        ("2026-02-16T23:34:50+01:00", "yesterday", "is not a time"),
        (",80,", ",99999,", "weight 99999 is not between"),
        (",3,0,", f",{'9' * 400},0,", "reps 1e+18 is not between"),
        (",1,squat,", f",{'9' * 20},squat,", "number 1e+18 is not between"),
        (",1,squat,", ",-1,squat,", "number -1 is not between"),
    ],
)
def test_a_workout_that_cant_be_is_refused_with_its_line(before: str, after: str, reason: str) -> None:
    (refusal,) = refusals(cells(csv_of(make_session(user_id="ann")), before, after))
    assert "line 2" in refusal
    assert reason in refusal


def test_a_program_that_no_cloud_takes_is_refused() -> None:
    session = msgspec.structs.replace(make_session(user_id="ann"), program_id="spring plan")
    (refusal,) = refusals(csv_of(session))
    assert "'spring plan' is no program's key" in refusal
