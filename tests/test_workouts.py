"""Single workouts at a kiosk with a real journal."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from edge_agent.agent import workouts
from edge_agent.agent.kiosk import Kiosk
from edge_agent.errors import ConflictError, PermanentError
from edge_agent.interface.people import Person, ProfileChange
from edge_agent.interface.workouts import PastEntry, PastSet, PastWorkout, SetEdit, WorkoutEdit
from edge_agent.records import Session
from tests.people_parts import PIN, do_squats, tell

PAST = PastWorkout(
    start_time="2026-02-16T18:30",
    duration_s=1800,
    exercises=(
        PastEntry(exercise="Squat", sets=(PastSet(kind="warmup", reps_full=5), PastSet(reps_full=5, weight_kg=80))),
        PastEntry(exercise="Plank", sets=(PastSet(hold_s=45),)),
    ),
)
LONG_AGO = timedelta(seconds=-1)


async def ann_at(kiosk: Kiosk) -> Person:
    return await kiosk.people.join("Ann", PIN)


async def squatted(kiosk: Kiosk) -> Session:
    do_squats(kiosk, 3)
    session = await kiosk.finish_session()
    assert session
    return session


async def listed(kiosk: Kiosk, user_id: str | None = None) -> list[str]:
    return [one.session_id for one in (await kiosk.sessions(user_id, 50, None)).sessions]


# Correcting


def test_an_edit_is_saved_as_a_new_version(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        session = await squatted(kiosk)
        before = await kiosk.whereabouts(session.session_id)
        edit = WorkoutEdit(sets=(SetEdit(exercise=1, number=1, reps_full=4),), if_rev=before.rev)
        assert (await kiosk.workouts.edit(session.session_id, edit)).reps == 4
        after = await kiosk.whereabouts(session.session_id)
        assert after.rev > before.rev
        assert after.file == before.file
        with pytest.raises(ConflictError):
            await kiosk.workouts.edit(session.session_id, edit)

    tell(tmp_path, story)
    (file,) = (tmp_path / "sessions").glob("*.json")
    assert '"full": 4' in file.read_text()


def test_a_workout_of_another_kiosk_is_edited_under_the_name_of_this_one(tmp_path: Path) -> None:
    """The cloud takes a session only from the device it names."""

    async def story(kiosk: Kiosk) -> None:
        session = msgspec.structs.replace(await squatted(kiosk), session_id="s9", device_id="another")
        await kiosk._writer.save_session(session)
        assert (await kiosk.workouts.edit("s9", WorkoutEdit(notes="hm"))).device_id == kiosk.device_id

    tell(tmp_path, story)


# Telling


def test_a_told_workout_is_kept_in_its_members_time_zone(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_at(kiosk)
        await kiosk.people.change_profile(ann.user_id, ProfileChange(time_zone="Asia/Tokyo"))
        session = await kiosk.workouts.add(ann.user_id, PAST)
        assert session.start_time == "2026-02-16T18:30:00.000+09:00"
        assert (session.source, session.user_name, session.reps, session.hold_s) == ("manual", "Ann", 10, 45)
        assert await kiosk.session(session.session_id) == session

    tell(tmp_path, story)


def test_a_told_workout_has_calories_by_its_members_weight(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_at(kiosk)
        before = (await kiosk.workouts.add(ann.user_id, PAST)).calories_kcal
        await kiosk.people.change_profile(ann.user_id, ProfileChange(body_weight_kg=150))
        after = (await kiosk.workouts.add(ann.user_id, PAST)).calories_kcal
        assert before
        assert after == pytest.approx(2 * before, abs=0.1)

    tell(tmp_path, story)


def test_the_same_id_a_second_time_changes_nothing(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann, bob = await ann_at(kiosk), await kiosk.people.join("Bob", PIN)
        first = await kiosk.workouts.add(ann.user_id, PAST, "s1")
        again = msgspec.structs.replace(PAST, notes="twice")
        assert await kiosk.workouts.add(ann.user_id, again, "s1") == first
        with pytest.raises(ConflictError):
            await kiosk.workouts.add(bob.user_id, PAST, "s1")
        assert await listed(kiosk) == ["s1"]

    tell(tmp_path, story)


def test_of_two_at_once_with_one_id_the_first_is_kept(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_at(kiosk)
        told = [msgspec.structs.replace(PAST, notes=words) for words in ("first", "second")]
        added = await asyncio.gather(*(kiosk.workouts.add(ann.user_id, one, "s1") for one in told))
        assert [one.notes for one in added] == ["first", "first"]

    tell(tmp_path, story)


@pytest.mark.parametrize("session_id", ["", "a b", "../../etc", "x" * 129, "ä"])
def test_an_id_that_can_be_no_key_is_refused(tmp_path: Path, session_id: str) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_at(kiosk)
        with pytest.raises(PermanentError):
            await kiosk.workouts.add(ann.user_id, PAST, session_id)

    tell(tmp_path, story)


@pytest.mark.parametrize(
    "start", ["2099-01-01T00:00", "yesterday", "2026-02-30T10:00", "0026-02-16T18:30", "0001-01-01T00:00+14:00"]
)
def test_a_start_that_is_none_has_not_come_or_is_too_long_ago_is_refused(tmp_path: Path, start: str) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_at(kiosk)
        with pytest.raises(PermanentError):
            await kiosk.workouts.add(ann.user_id, msgspec.structs.replace(PAST, start_time=start))

    tell(tmp_path, story)


def test_nothing_is_told_or_claimed_for_who_wants_no_history(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann, session = await ann_at(kiosk), await squatted(kiosk)
        await kiosk.people.change_profile(ann.user_id, ProfileChange(keeps_history=False))
        with pytest.raises(PermanentError, match="profile"):
            await kiosk.workouts.add(ann.user_id, PAST)
        with pytest.raises(PermanentError, match="profile"):
            await kiosk.workouts.claim(session.session_id, ann.user_id)

    tell(tmp_path, story)


# Deleting


def test_a_deleted_workout_is_in_no_list_and_comes_back(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_at(kiosk)
        session = await kiosk.workouts.add(ann.user_id, PAST)
        await kiosk.workouts.delete(session.session_id)
        assert await listed(kiosk) == await listed(kiosk, ann.user_id) == []
        for ask in (kiosk.session, kiosk.whereabouts):
            with pytest.raises(PermanentError):
                await ask(session.session_id)
        assert await kiosk.workouts.deleted(session.session_id) == session
        assert await kiosk.workouts.restore(session.session_id) == session
        assert await listed(kiosk, ann.user_id) == [session.session_id]

    tell(tmp_path, story)


def test_a_deleted_workout_can_be_neither_edited_nor_deleted_again(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        session_id = (await squatted(kiosk)).session_id
        await kiosk.workouts.delete(session_id)
        with pytest.raises(PermanentError):
            await kiosk.workouts.edit(session_id, WorkoutEdit(notes="hm"))
        with pytest.raises(PermanentError):
            await kiosk.workouts.delete(session_id)
        with pytest.raises(PermanentError):
            await kiosk.workouts.restore("another")

    tell(tmp_path, story)


def test_a_deletion_is_forwarded_only_once_it_is_final(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(kiosk: Kiosk) -> None:
        session = await squatted(kiosk)
        await kiosk.workouts.delete(session.session_id)
        await kiosk.workouts.purge()
        assert [one.op for one in await kiosk._journal.pending(9)] == ["put"]
        monkeypatch.setattr(workouts, "UNDO_WITHIN", LONG_AGO)
        await kiosk.workouts.purge()
        assert [one.op for one in await kiosk._journal.pending(9)] == ["delete"]
        with pytest.raises(PermanentError):
            await kiosk.workouts.restore(session.session_id)

    tell(tmp_path, story)
    assert list((tmp_path / "sessions").glob("**/*.json")) == []


def test_a_deletion_survives_a_restart_and_becomes_final_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def delete(kiosk: Kiosk) -> None:
        await kiosk.workouts.delete((await squatted(kiosk)).session_id)

    async def look(kiosk: Kiosk) -> None:
        assert await listed(kiosk) == []
        (session_id,) = await kiosk._journal.removed_sessions()
        monkeypatch.setattr(workouts, "UNDO_WITHIN", LONG_AGO)
        await kiosk.workouts.purge()
        assert await kiosk._journal.removed_sessions() == {}
        with pytest.raises(ConflictError):
            await kiosk.workouts.add((await ann_at(kiosk)).user_id, PAST, session_id)

    tell(tmp_path, delete)
    tell(tmp_path, look)


def test_the_deleted_workouts_of_who_leaves_are_gone_too(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await ann_at(kiosk)
        await kiosk.workouts.delete((await kiosk.workouts.add(ann.user_id, PAST)).session_id)
        assert (await kiosk.people.leave(ann.user_id)).deleted == {"session": 1, "member": 1}
        assert await kiosk._journal.removed_sessions() == {}

    tell(tmp_path, story)
    assert list((tmp_path / "sessions").glob("**/*.json")) == []


# Claiming


def test_an_unnamed_workout_is_claimed_by_its_member(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann, session = await ann_at(kiosk), await squatted(kiosk)
        assert [one.session_id for one in await kiosk.workouts.claimable()] == [session.session_id]
        claimed = await kiosk.workouts.claim(session.session_id, ann.user_id)
        assert (claimed.user_id, claimed.user_name, claimed.reps) == (ann.user_id, "Ann", 3)
        assert await listed(kiosk, ann.user_id) == [session.session_id]
        assert await kiosk.workouts.claimable() == ()

    tell(tmp_path, story)


def test_what_is_somebodys_can_not_be_claimed(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann, bob = await ann_at(kiosk), await kiosk.people.join("Bob", PIN)
        session = await kiosk.workouts.add(ann.user_id, PAST)
        with pytest.raises(ConflictError):
            await kiosk.workouts.claim(session.session_id, bob.user_id)

    tell(tmp_path, story)


def test_after_a_quarter_of_an_hour_nobody_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann, session = await ann_at(kiosk), await squatted(kiosk)
        monkeypatch.setattr(workouts, "CLAIM_WITHIN", timedelta(0))
        assert await kiosk.workouts.claimable() == ()
        with pytest.raises(PermanentError, match="15 minutes"):
            await kiosk.workouts.claim(session.session_id, ann.user_id)

    tell(tmp_path, story)
