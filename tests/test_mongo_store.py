"""What only MongoDB needs: without transactions, a worker may be killed between any two of a write's steps."""

from collections.abc import Iterator
from typing import Any

import pytest

from edge_agent.cloud.mongo import MongoStore
from edge_agent.records import Change
from tests.cloud_parts import NOW, Database, check, gone, member, one_of_each, program, session, write
from tests.databases import Server, server_named
from tests.sync_parts import DEVICE

pytestmark = pytest.mark.process

READ = ("workouts", "users", "programs", "progress_logs", "readiness_checks", "check_ins")
"""What people read."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with server_named("secantus") as server:
        yield server


@pytest.fixture
def database(server: Server) -> Database:
    database = Database(server.url("gym"))
    database.empty()
    return database


class Killed(BaseException):
    """The worker is gone."""


class Mortal:
    """A collection's stand-in that is cut off before the nth command of a write, counted over all of them."""

    def __init__(self, database: Any, left: list[int]) -> None:
        self._database, self._left = database, left

    def __getitem__(self, name: str) -> Any:
        return Mortal(self._database[name], self._left)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._database, name)
        if name not in ("bulk_write", "update_many", "delete_many", "delete_one", "find", "find_one"):
            return attribute

        def command(*arguments: Any, **options: Any) -> Any:
            self._left[0] -= 1
            if self._left[0] < 0:
                raise Killed
            return attribute(*arguments, **options)

        return command


def write_until_killed(database: Database, changes: list[Change], commands: int) -> bool:
    """Write with a worker that is killed after so many commands; return whether it was."""
    store = MongoStore(database.url)
    store.open()
    mortal: Any = Mortal(store._database, [commands])
    for part in (store, store._readable):
        vars(part).update(
            {name: mortal[value.name] for name, value in vars(part).items() if name in ("_records", "_owners")}
        )
        part._database = mortal
    try:
        store.write([check(change, DEVICE) for change in changes], NOW)
    except Killed:
        return True
    finally:
        store.close()
    return False


def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    rows = {name: sorted(database.rows(name), key=lambda row: str(row["_id"])) for name in READ}
    records = [row | {"received_at": None} for row in database.rows("records")]
    return rows | {"records": sorted(records, key=lambda row: str(row["_id"]))}


BEFORE = [*one_of_each("ann"), session(4, "two", user_id="bob")]
WRITES = {
    "new ones": [session(10, "three"), member(11, "eve"), program(12, "other", user_id="eve")],
    "newer ones": [session(10, "one", reps=9), session(11, "two", user_id="eve")],
    "a deletion": [gone(10, "session", "one")],
    "a member's deletion": [gone(10, "member", "ann"), session(11, "later")],
    "a program's deletion": [gone(10, "program", "plan")],
}


@pytest.mark.parametrize("what", WRITES)
def test_wherever_a_worker_is_killed_sending_again_makes_it_good(database: Database, what: str) -> None:
    changes = WRITES[what]
    with database.opened() as store:
        write(store, *BEFORE)
        outcomes = write(store, *changes)
        wanted = contents(database)
        kills = 0
        while True:
            database.empty()
            write(store, *BEFORE)
            if not write_until_killed(database, changes, kills):
                break
            kills += 1
            assert write(store, *changes) == outcomes
            assert contents(database) == wanted
    assert kills > 4


def test_a_stale_message_finishes_what_a_killed_worker_left(database: Database) -> None:
    """The newer version is a record already; whoever brought it did not come to what people read."""
    with database.opened() as store:
        write(store, session(1, "one", reps=1))
        assert write_until_killed(database, [session(3, "one", reps=3)], 4)
        assert write(store, session(2, "one", reps=2)) == ["stale"]
    assert [row["reps"] for row in database.readable("session")] == [3]


def test_a_workout_of_several_exercises_is_found_by_each(database: Database) -> None:
    change = session(1, "one")
    assert change.doc is not None
    (entry,) = change.doc["exercises"]
    several = session(1, "one", exercises=[entry, entry | {"order": 2, "exercise": "plank"}])
    with database.opened() as store:
        write(store, several, session(2, "two"))
    with database.client() as client:
        workouts = client.get_default_database()["workouts"]
        assert workouts.count_documents({"exercise": "squat"}) == 2
        assert workouts.count_documents({"exercise": "plank"}) == 1


def test_a_members_latest_workouts_come_from_an_index(database: Database) -> None:
    with database.opened() as store:
        write(store, *BEFORE)
    with database.client() as client:
        cursor = client.get_default_database()["workouts"].find({"user_id": "ann"}).sort("start_time", -1)
        assert "IXSCAN" in str(cursor.explain()["queryPlanner"]["winningPlan"])
