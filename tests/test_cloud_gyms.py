"""Who may change a workout: a kiosk of its gym, on every database."""

from collections.abc import Iterator
from typing import Any

import pytest

from edge_agent.cloud import versions
from edge_agent.cloud.store import Outcome, RecordStore
from edge_agent.records import Change
from tests.cloud_parts import NOW, Database, check, gone, member, session
from tests.sync_parts import DEVICE, make_rev

NORTH = {DEVICE: "north", "kiosk-2": "north", "kiosk-3": "south", "kiosk-4": "south"}


# The rule


def is_foreign(change: Change, sender: str, home: str = "", gyms: dict[str, str] = NORTH) -> bool:
    homes = {(change.entity, change.key): home} if home else {}
    return versions.foreign([check(change, sender)], homes, lambda: gyms) == {0}


@pytest.mark.parametrize(
    ("sender", "home", "refused"),
    [
        (DEVICE, "", False),
        (DEVICE, DEVICE, False),
        ("kiosk-2", DEVICE, False),
        ("kiosk-2", "", False),
        ("kiosk-3", DEVICE, True),
        ("kiosk-3", "", True),
        ("kiosk-9", DEVICE, True),
        (DEVICE, "kiosk-3", True),
        (DEVICE, "kiosk-9", True),
    ],
)
def test_a_session_is_changed_by_kiosks_of_its_gym_alone(sender: str, home: str, refused: bool) -> None:
    assert is_foreign(session(1, "one"), sender, home) == refused


def test_two_kiosks_without_a_gym_share_none() -> None:
    assert is_foreign(session(1, "one"), "kiosk-8", "kiosk-9")


def test_a_deletion_follows_the_same_rule() -> None:
    assert is_foreign(gone(1, "session", "one"), "kiosk-3", DEVICE)
    assert not is_foreign(gone(1, "session", "one"), "kiosk-2", DEVICE)
    assert not is_foreign(gone(1, "session", "one"), "kiosk-3")


def test_members_are_not_bound_to_a_gym() -> None:
    assert not is_foreign(member(1), "kiosk-3", DEVICE)


def test_gyms_are_not_asked_for_while_kiosks_send_what_is_theirs() -> None:
    def never() -> dict[str, str]:
        raise AssertionError

    assert not versions.foreign([check(session(1, "one"), DEVICE)], {("session", "one"): DEVICE}, never)


# On the databases


@pytest.fixture
def store(database: Database) -> Iterator[RecordStore]:
    with database.opened() as store:
        store.log.assign("north", [DEVICE, "kiosk-2"])
        store.log.assign("south", ["kiosk-3"])
        yield store


def send(store: RecordStore, change: Change, sender: str, **options: Any) -> Outcome:
    (outcome,) = store.write([check(change, sender)], NOW, **options)
    return outcome


@pytest.mark.process
def test_an_edit_on_another_kiosk_of_the_gym_is_stored(database: Database, store: RecordStore) -> None:
    send(store, session(1, "one"), DEVICE)
    assert send(store, session(2, "one", notes="heavy"), "kiosk-2") == "stored"
    (row,) = database.readable("session")
    assert (row["notes"], row["device_id"]) == ("heavy", DEVICE)


@pytest.mark.process
@pytest.mark.parametrize("change", [session(2, "one", notes="mine"), gone(2, "session", "one")])
def test_a_kiosk_of_another_gym_changes_nothing(database: Database, store: RecordStore, change: Change) -> None:
    send(store, session(1, "one"), DEVICE)
    assert send(store, change, "kiosk-3") == "foreign"
    assert database.records() == {"one": (make_rev(1), "put")}


@pytest.mark.process
def test_saying_that_it_was_measured_there_does_not_help(database: Database, store: RecordStore) -> None:
    send(store, session(1, "one"), DEVICE)
    assert send(store, session(2, "one", device_id="kiosk-3"), "kiosk-3") == "foreign"
    assert database.records() == {"one": (make_rev(1), "put")}


@pytest.mark.process
def test_the_others_of_the_batch_are_stored(database: Database, store: RecordStore) -> None:
    send(store, session(1, "one"), DEVICE)
    batch = [(session(9, "one"), "kiosk-3"), (session(2, "one"), "kiosk-2"), (session(3, "two"), DEVICE)]
    assert store.write([check(*one) for one in batch], NOW) == ["foreign", "stored", "stored"]
    assert database.records() == {"one": (make_rev(2), "put"), "two": (make_rev(3), "put")}


@pytest.mark.process
def test_an_edit_that_comes_first_to_a_database_that_was_lost_is_stored(store: RecordStore) -> None:
    assert send(store, session(2, "one", notes="heavy"), "kiosk-2") == "stored"
    assert send(store, session(1, "one"), DEVICE) == "stale"


@pytest.mark.process
def test_what_is_copied_from_another_database_is_let_in(store: RecordStore) -> None:
    send(store, session(1, "one"), DEVICE)
    assert send(store, session(2, "one"), "kiosk-3", copied=True) == "stored"
