"""Taking workouts in, over a real journal."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge_agent.errors import ConflictError, PermanentError
from edge_agent.exporting.everything import session_file
from edge_agent.importing import formats
from edge_agent.importing.told import Refused
from edge_agent.phrase import Phrase
from edge_agent.records import Session
from tests.journal_parts import FailingFiles, make_session
from tests.test_importing_formats import zipped
from tests.test_importing_hevy import KG, row
from tests.test_importing_strong import HEADER
from tests.test_importing_strong import row as strong_row
from tests.transfer_parts import NOW, Desk, desk
from web.texts import catalogues

TWO = KG + row() + row(start='"17 Feb 2026, 18:30"', end='"17 Feb 2026, 19:30"')


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened


def bring(here: Desk, content: str | bytes, *args: Any, **options: Any) -> Any:
    return asyncio.run(here.bring(content, *args, **options))


def counts(report: Any) -> tuple[int, int, int, int]:
    return (report.new, report.known, report.changed, report.refused)


def test_what_was_imported_is_in_the_history_and_goes_to_the_cloud(here: Desk) -> None:
    report = bring(here, TWO)
    assert (report.state, report.total, counts(report)) == ("done", 2, (2, 0, 0, 0))
    assert [one.start_time[:10] for one in here.sessions()] == ["2026-02-17", "2026-02-16"]
    assert here.journal.counts().pending == 2
    assert here.written


def test_a_dry_run_says_the_same_and_keeps_nothing(here: Desk) -> None:
    dry = bring(here, TWO, dry_run=True)
    assert (dry.dry_run, counts(dry)) == (True, (2, 0, 0, 0))
    assert here.sessions() == []


def test_the_second_run_changes_nothing(here: Desk) -> None:
    bring(here, TWO)
    before = here.journal.last_rev()
    assert counts(bring(here, TWO)) == (0, 2, 0, 0)
    assert here.journal.last_rev() == before


def test_what_a_member_edited_here_stays(here: Desk) -> None:
    bring(here, TWO)
    edited = msgspec.structs.replace(here.sessions()[0], notes="with belt")
    here.save(edited)
    report = bring(here, TWO)
    assert counts(report) == (0, 1, 1, 0)
    assert here.sessions()[0] == edited
    assert "what is here stays" in report.rows[0].reason


def test_what_a_member_deleted_stays_away(here: Desk) -> None:
    bring(here, TWO)
    here.journal.delete_record("session", here.sessions()[0].session_id, here.rev(), NOW)
    report = bring(here, TWO)
    assert counts(report) == (0, 2, 0, 0)
    assert len(here.sessions()) == 1
    assert ("stays deleted" in report.rows[1].reason, report.rows[1].session_id) == (True, None)


def test_what_is_about_to_be_deleted_stays_away_too(here: Desk) -> None:
    bring(here, TWO)
    here.journal.remove_session(here.sessions()[0].session_id, NOW)
    assert counts(bring(here, TWO)) == (0, 2, 0, 0)


def test_the_same_workout_under_another_id_is_known(here: Desk) -> None:
    bring(here, KG + row(title="Push"))
    report = bring(here, KG + row(title="Push day"))
    assert counts(report) == (0, 1, 0, 0)
    assert report.rows[0].session_id == here.sessions()[0].session_id


def test_a_workout_that_stands_twice_in_a_zip_lands_once(here: Desk) -> None:
    assert counts(bring(here, zipped({"a.csv": TWO, "b.csv": TWO}), name="all.zip")) == (2, 2, 0, 0)


def test_refused_rows_come_first_and_the_rest_lands(here: Desk) -> None:
    report = bring(here, TWO + row(start='"17 Foo 2026, 18:30"'))
    assert (report.state, counts(report)) == ("done", (2, 0, 0, 1))
    assert report.rows[0].outcome == "refused"


def test_what_was_left_out_of_a_workout_is_told(here: Desk) -> None:
    report = bring(here, KG + row() + row("2.5"))
    assert report.rows[0].reason == "left out: line 3: 2.5 is not a number of reps"


def test_what_is_told_can_be_said_in_german(here: Desk) -> None:
    report = bring(here, KG + row() + row("2.5") + row(start='"17 Foo 2026, 18:30"'))
    places, reasons = zip(*((said(one.where), said(one.reason)) for one in report.rows), strict=True)
    assert places == ("file.csv, Zeile 4", "file.csv, Zeile 2")
    assert reasons[0].startswith("'foo' ist kein Monat in einer hier bekannten Sprache")
    assert reasons[1] == "ausgelassen: Zeile 3: 2.5 ist keine Zahl von Wiederholungen"


def said(text: str) -> str:
    assert isinstance(text, Phrase)
    return text.said_in(catalogues()["de"].phrases)


def test_a_file_of_no_known_format_is_refused_at_once(here: Desk) -> None:
    with pytest.raises(PermanentError, match="in no format that is known here"):
        bring(here, "a,b\n1,2\n")


def test_a_file_in_another_format_than_was_chosen_fails_in_words(here: Desk) -> None:
    report = bring(here, TWO, file_format="sessions_json")
    assert (report.state, ": not JSON" in report.trouble) == ("failed", True)


def test_one_import_of_a_member_runs_at_a_time(here: Desk) -> None:
    async def twice() -> None:
        await here.transfers.start_import("ann", "a.csv", TWO.encode(), "auto", dry_run=False)
        try:
            await here.transfers.start_import("ann", "a.csv", TWO.encode(), "auto", dry_run=False)
        finally:
            await here.transfers.close()

    with pytest.raises(ConflictError, match="is running"):
        asyncio.run(twice())


def test_a_stopped_import_can_be_run_again(here: Desk) -> None:
    content = KG + "".join(row(start=f'"{day} Feb 2026, 18:30"', end="") for day in range(1, 25))

    async def stop_early() -> Any:
        begun = await here.transfers.start_import("ann", "a.csv", content.encode(), "auto", dry_run=False)
        while not (await here.transfers.report("ann", begun.import_id)).new:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0)
        await here.transfers.close()
        return await here.transfers.report("ann", begun.import_id)

    stopped = asyncio.run(stop_early())
    assert stopped.state == "failed"
    again = bring(here, content)
    assert again.new + again.known == 24
    assert again.known >= stopped.new
    assert len(here.sessions()) == 24


def test_an_import_is_stopped_while_its_file_is_looked_through(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0

    def without_end(*_: object) -> Iterator[Refused]:
        nonlocal looked_at
        for looked_at in range(2_000_000):  # noqa: B007
            yield Refused(where="", reason=Phrase(""))

    async def stop() -> None:
        await here.transfers.start_import("ann", "a.csv", TWO.encode(), "hevy", dry_run=True)
        await asyncio.sleep(0)
        await here.transfers.close()

    monkeypatch.setattr(formats, "read", without_end)
    asyncio.run(stop())  # which waits for threads
    assert looked_at < 1000


def test_a_full_disk_ends_an_import_in_words(tmp_path: Path) -> None:
    files = FailingFiles()
    with desk(tmp_path, files=files) as here:
        files.failing = {"pwrite"}
        report = bring(here, TWO)
        assert (report.state, report.new) == ("failed", 0)
        assert "run it again" in report.trouble
        files.failing = set()
        assert counts(bring(here, TWO)) == (2, 0, 0, 0)


def test_others_imports_do_not_take_away_the_report_of_one_that_runs(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slowly(name: str, *_: object) -> Iterator[Refused]:
        if name == "slow.csv":
            go_on.wait(20)
        yield from ()

    async def many() -> Any:
        slow = await here.transfers.start_import("ann", "slow.csv", TWO.encode(), "hevy", dry_run=True)
        for _ in range(25):
            quick = await here.transfers.start_import("bob", "b.csv", TWO.encode(), "hevy", dry_run=True)
            await here.transfers.finished("bob", quick.import_id)
        running = await here.transfers.report("ann", slow.import_id)
        go_on.set()
        await here.transfers.finished("ann", slow.import_id)
        return running.state

    monkeypatch.setattr(formats, "read", slowly)
    assert asyncio.run(many()) == "running"


def test_a_report_is_only_its_members(here: Desk) -> None:
    report = bring(here, TWO)
    with pytest.raises(PermanentError, match="no import"):
        asyncio.run(here.transfers.report("bob", report.import_id))


def test_a_member_who_wants_no_history_gets_none(here: Desk) -> None:
    here.journal.put_record("member", "ann", {"user_id": "ann", "profile": {"keeps_history": False}}, here.rev(), NOW)
    with pytest.raises(PermanentError, match="no history is kept"):
        bring(here, TWO)


def test_a_members_name_units_and_time_zone_are_theirs(here: Desk) -> None:
    profile = {"units": "imperial", "time_zone": "America/New_York"}
    member = {"user_id": "ann", "name": "Ann Lee", "profile": profile}
    here.journal.put_record("member", "ann", member, here.rev(), NOW)
    bring(here, HEADER + strong_row(weight="100"))
    (session,) = here.sessions()
    assert (session.user_name, session.start_time[-6:]) == ("Ann Lee", "-05:00")
    assert session.exercises[0].sets[0].weight_kg == 45.359


def test_a_session_file_of_a_workout_that_is_here_is_known(here: Desk) -> None:
    session = own_session(here)
    assert counts(bring(here, session_file(session)[1], name="a.json")) == (0, 1, 0, 0)


def test_a_file_cant_take_the_place_of_somebody_elses_workout(here: Desk) -> None:
    session = own_session(here)
    report = bring(here, session_file(session)[1], user_id="mallory", name="a.json")
    assert counts(report) == (1, 0, 0, 0)
    assert here.journal.session(session.session_id) == session
    assert here.sessions("mallory")[0].session_id != session.session_id


def own_session(here: Desk) -> Session:
    session = make_session(user_id="ann")
    here.save(session)
    return session


def test_calories_that_a_file_lacks_are_counted_with_the_members_weight_and_stay(here: Desk) -> None:
    bring(here, TWO)
    before = here.sessions()[0].calories_kcal
    member = {"user_id": "ann", "profile": {"body_weight_kg": 150}}
    here.journal.put_record("member", "ann", member, here.rev(), NOW)
    assert counts(bring(here, TWO)) == (0, 2, 0, 0)
    bring(here, KG + row(start='"18 Feb 2026, 18:30"', end='"18 Feb 2026, 19:30"'))
    assert before
    assert here.sessions()[0].calories_kcal == pytest.approx(2 * before, abs=0.1)
