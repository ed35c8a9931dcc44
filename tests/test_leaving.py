"""Receipts of those who left, and members deleted elsewhere."""

import time
from pathlib import Path

import msgspec
import pytest

from edge_agent import canonical
from edge_agent.agent.kiosk import Kiosk
from edge_agent.config import Config, SyncConfig
from edge_agent.errors import ConflictError, PermanentError
from edge_agent.interface.people import Departure, SignInError
from edge_agent.members.tokens import Claims
from edge_agent.records import Change, FeedPlace, Receipt, Session
from tests.people_parts import PHONE, PIN, claimed, do_squats, tell

NOW = "2026-11-21T18:00:00+00:00"
WITH_BROKER = Config(sync=SyncConfig(broker="mqtt://127.0.0.1:9"))


async def left(kiosk: Kiosk) -> Departure:
    ann = await kiosk.people.join("Ann", PIN)
    return await kiosk.people.leave(ann.user_id)


async def answer(kiosk: Kiosk, departure: Departure, **fields: str) -> None:
    """Have the cloud answer the deletion."""
    (deletion,) = (one for one in await kiosk._journal.pending(9) if one.key == departure.user_id)
    told = {"entity": "member", "key": deletion.key, "rev": deletion.rev, "hash": deletion.hash}
    receipt = msgspec.convert(told | fields, Receipt)
    await kiosk._journal.apply_receipts([receipt], NOW)


def test_a_receipt_is_confirmed_once_the_cloud_has_deleted_too(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        departure = await left(kiosk)
        assert (departure.state, departure.name) == ("deleted_here", "Ann")
        await answer(kiosk, departure, status="stored")
        after = await kiosk.people.departure(departure.code.lower())
        assert (after.state, after.confirmed_at) == ("confirmed", NOW)

    tell(tmp_path, story, WITH_BROKER)


def test_a_receipt_tells_that_the_broker_has_the_deletion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(kiosk: Kiosk) -> None:
        departure = await left(kiosk)
        handed = [("member", departure.user_id)]
        monkeypatch.setattr(kiosk.people._leaving, "_handed_over", lambda entity, key, _rev: (entity, key) in handed)
        assert (await kiosk.people.departure(departure.code)).state == "handed_over"

    tell(tmp_path, story, WITH_BROKER)


def test_a_refused_deletion_is_told(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        departure = await left(kiosk)
        await answer(kiosk, departure, status="rejected", reason="no")
        assert (await kiosk.people.departure(departure.code)).state == "refused"

    tell(tmp_path, story, WITH_BROKER)


def test_a_receipt_is_there_after_a_restart_and_needs_its_code(tmp_path: Path) -> None:
    codes: list[str] = []

    async def leave(kiosk: Kiosk) -> None:
        codes.append((await left(kiosk)).code)

    async def look(kiosk: Kiosk) -> None:
        assert (await kiosk.people.departure(codes[0])).name == "Ann"
        with pytest.raises(PermanentError):
            await kiosk.people.departure("AAAA-AAAA-AAAA")

    tell(tmp_path, leave)
    tell(tmp_path, look)


def test_a_receipt_has_the_code_that_was_chosen_unless_another_has_it(tmp_path: Path) -> None:
    chosen = "0123456789abcdef" * 2

    async def story(kiosk: Kiosk) -> None:
        ann, bob = await kiosk.people.join("Ann", PIN), await kiosk.people.join("Bob", PIN)
        assert (await kiosk.people.leave(ann.user_id, chosen)).code == chosen
        other = await kiosk.people.leave(bob.user_id, chosen.upper())
        names = [(await kiosk.people.departure(code)).name for code in (chosen, other.code)]
        assert names == ["Ann", "Bob"]

    tell(tmp_path, story)


def test_the_name_of_who_left_is_free(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        before = await left(kiosk)
        assert (await kiosk.people.join("Ann", PIN)).user_id != before.user_id

    tell(tmp_path, story)


def test_under_the_id_of_who_left_nothing_begins_before_the_cloud_has_deleted(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        departure = await left(kiosk)
        kiosk.people._joining.strangers.meet(
            departure.user_id, Claims(sub=departure.user_id, name="Ann", issued_at=time.time() + 3600)
        )
        with pytest.raises(ConflictError):
            await kiosk.people.admit(departure.user_id)
        await answer(kiosk, departure, status="stored")
        assert (await kiosk.people.admit(departure.user_id)).name == "Ann"
        assert (await kiosk.people.departure(departure.code)).state == "confirmed"

    tell(tmp_path, story, WITH_BROKER)


def test_who_was_deleted_elsewhere_trains_no_more(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        secret = await kiosk.people.remember(ann.user_id, "phone")
        await kiosk.people.train(ann.user_id)
        do_squats(kiosk, 3)
        await kiosk.keep_running()
        gone = Change(
            entity="member",
            key=ann.user_id,
            rev="9" * 13 + "-0000-x",
            op="delete",
            hash=canonical.digest(None),
            doc=None,
        )
        await kiosk._journal.merge([gone], FeedPlace(cursor="1"), NOW)
        await kiosk.people.load()
        assert (kiosk.live().trainee, kiosk.live().session_id) == ("", None)
        assert await kiosk.people.recall(secret) is None
        await kiosk.saver.drain()
        assert await kiosk._journal.left_running() == []

    tell(tmp_path, story)
    assert list((tmp_path / "sessions").glob("**/*.json")) == []


def test_a_workout_that_waits_for_the_disk_is_not_saved_of_who_left(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        await kiosk.people.train(ann.user_id)
        do_squats(kiosk, 3)
        waiting = kiosk._training.finish(kiosk._sight.now())
        assert waiting
        await kiosk.people.leave(ann.user_id)
        kiosk.saver.add(waiting)
        await kiosk.saver.drain()
        assert (await kiosk.sessions(None, 9, None)).sessions == ()

    tell(tmp_path, story)
    assert list((tmp_path / "sessions").glob("**/*.json")) == []


def test_nothing_of_a_member_who_leaves_stays(tmp_path: Path) -> None:
    kept: list[Session] = []

    async def story(kiosk: Kiosk) -> None:
        await claimed(kiosk)
        ann = await kiosk.people.join("Ann", PIN)
        secret = await kiosk.people.remember(ann.user_id, "phone")
        for start_s in (0.0, 100.0):
            await kiosk.people.train(ann.user_id)
            do_squats(kiosk, 3, start_s)
            if start_s == 0:
                kept.append(msgspec.convert(await kiosk.finish_session(), Session))
        await kiosk.keep_running()
        departure = await kiosk.people.leave(ann.user_id)
        assert departure.deleted == {"session": 1, "member": 1}
        assert kiosk.people.trainee() is None
        assert await kiosk.people.recall(secret) is None
        with pytest.raises(SignInError):
            await kiosk.people.sign_in("Ann", PIN, PHONE)
        assert (await kiosk.people.departure(departure.code)).state == "deleted_here"

    tell(tmp_path, story)
    assert list((tmp_path / "sessions").glob("**/*.json")) == []

    async def look(kiosk: Kiosk) -> None:
        assert (await kiosk.sessions(None, 9, None)).sessions == ()
        assert [one.name for one in await kiosk.people.accounts()] == ["Olga"]

    tell(tmp_path, look)
