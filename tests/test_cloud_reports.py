"""Every cloud database reports what the edge computes from the same sessions."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.cloud.mongo_pipelines import of_member
from edge_agent.cloud.sql_reports import best_sets, claims_of, sessions_of
from edge_agent.cloud.store import RecordStore
from edge_agent.history.population import population
from edge_agent.history.stats import member_figures
from edge_agent.records import Change, Session
from tests.cloud_parts import NOW, Database, check, gone, patiently, put
from tests.databases import DATABASES, Server, server_named
from tests.first_schema import make_first
from tests.history_parts import crowd, done, entry, histories, workout

pytestmark = pytest.mark.process

TODAY = date(2026, 3, 10)
GYMS = {"kiosk-1": "north", "kiosk-2": "north"}


@pytest.fixture(scope="module", params=DATABASES)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with server_named(request.param) as server:
        yield server


@pytest.fixture(scope="module")
def database(server: Server) -> Database:
    server.create("reports")
    return Database(server.url("reports"))


@pytest.fixture(scope="module")
def opened(database: Database) -> Iterator[RecordStore]:
    with database.opened() as store:
        yield store


@pytest.fixture
def store(database: Database, opened: RecordStore) -> RecordStore:
    database.empty()
    return opened


def changed(number: int, session: Session) -> Change:
    return put(number, "session", session.session_id, **msgspec.json.decode(msgspec.json.encode(session)))


def save(store: RecordStore, sessions: Sequence[Session], number: int = 1) -> None:
    if sessions:
        store.write([check(changed(number, one), one.device_id) for one in sessions], NOW)


def about(value: Any) -> Any:
    """Numbers nearly equal, as databases add them up in orders of their own."""
    match value:
        case dict():
            return {key: about(part) for key, part in value.items()}
        case tuple():
            return tuple(about(part) for part in value)
        case float():
            return pytest.approx(value)
        case _:
            return value


def assert_same(found: msgspec.Struct, expected: msgspec.Struct) -> None:
    assert msgspec.to_builtins(found) == about(msgspec.to_builtins(expected))


def assert_reports(store: RecordStore, sessions: Sequence[Session], since: date | None = None) -> None:
    """Both reports are those of the reference, of everybody there is."""
    for user_id in ("ann", "bob"):
        own = [one for one in sessions if one.user_id == user_id]
        assert_same(patiently(partial(store.reports.member, user_id, TODAY, since)), member_figures(own, TODAY, since))
    found = patiently(partial(store.reports.population, TODAY, since))
    assert_same(found, population(sessions, GYMS, TODAY, since))


# The same answers


def test_an_empty_database_reports_nothing(store: RecordStore) -> None:
    assert_reports(store, [])


def test_a_session_without_exercises_is_a_session(store: RecordStore) -> None:
    sessions = [workout()]
    save(store, sessions)
    assert_reports(store, sessions)


@pytest.mark.parametrize("since", [None, date(2026, 2, 17)])
def test_all_kinds_of_sets_come_out_alike(store: RecordStore, since: date | None) -> None:
    sessions = [
        workout("a", "2026-02-16T23:50:00+01:00", entry(done(5, 80.0), done(5, 80.0), done(12, 62.5))),
        workout("b", "2026-02-17T00:10:00+01:00", entry(done(0, None, held=61.5), exercise="plank"), accuracy=0.5),
        workout("c", "2026-02-17T07:00:00+01:00", entry(done(5, 80.0)), entry(done(20, None), exercise="Squat")),
        workout("d", "2026-02-18T07:00:00+13:00", entry(done(1, 102.5)), source="manual", calories_kcal=80.5),
        workout("e", "2026-02-18T07:00:00+13:00", entry(done(9, 200.0, kind="warmup")), source="import"),
        workout("f", "2026-03-11T07:00:00+01:00", entry(done(13, 80.0))),
        workout("g", "2026-02-18T07:00:00+01:00", entry(done(7, 90.0, measured=6), done(2, 99.0, measured=0))),
        workout("h", "2026-02-18T08:00:00+01:00", entry(done(3, 140.0), exercise="deadlift", measured="squat")),
    ]
    save(store, sessions)
    assert_reports(store, sessions, since)


@settings(max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.sampled_from([None, date(2026, 1, 1), date(2026, 2, 11)]))
def test_any_history_comes_out_alike(
    database: Database, opened: RecordStore, sessions: list[Session], since: date | None
) -> None:
    database.empty()
    opened.log.assign("north", list(GYMS))
    save(opened, sessions)
    assert_reports(opened, sessions, since)


@pytest.mark.parametrize("seed", range(2))
def test_any_crowd_comes_out_alike(store: RecordStore, seed: int) -> None:
    sessions = crowd(seed)
    store.log.assign("north", list(GYMS))
    save(store, sessions)
    assert_reports(store, sessions)
    assert len(store.reports.population(TODAY).exercises) > 3


def test_groups_of_five_are_told_and_smaller_ones_not(store: RecordStore) -> None:
    store.log.assign("north", list(GYMS))
    few = [
        workout(f"s{number}", "2026-02-16T18:00:00+01:00", entry(done(5)), user_id=f"user-{number}", device_id=device)
        for number, device in enumerate(["kiosk-1"] * 3 + ["kiosk-2"] * 2 + ["kiosk-3"] * 4)
    ]
    save(store, few)
    found = store.reports.population(TODAY)
    assert_same(found, population(few, GYMS, TODAY))
    assert [(one.gym, one.members) for one in found.months] == [("north", 5)]


# What is newer


def test_an_edited_session_counts_as_it_is_now(store: RecordStore) -> None:
    before = workout("a", "2026-02-16T18:00:00+01:00", entry(done(5), done(8, 200.0)), entry(done(3)))
    after = workout("a", "2026-02-15T18:00:00+01:00", entry(done(6), exercise="deadlift"))
    save(store, [before])
    save(store, [after], number=2)
    save(store, [before])
    assert_reports(store, [after])


def test_a_session_that_changed_hands_counts_for_its_owner_alone(store: RecordStore) -> None:
    save(store, [workout("a", "2026-02-16T18:00:00+01:00", entry(done(5)), user_id="bob")])
    claimed = workout("a", "2026-02-16T18:00:00+01:00", entry(done(5)), user_id="ann")
    save(store, [claimed], number=2)
    assert_reports(store, [claimed])


def test_deletions_leave_nothing(store: RecordStore, database: Database) -> None:
    sessions = [
        workout("a", "2026-02-16T18:00:00+01:00", entry(done(5))),
        workout("b", "2026-02-17T18:00:00+01:00", entry(done(6))),
        workout("c", "2026-02-17T18:00:00+01:00", entry(done(7)), user_id="bob"),
    ]
    save(store, sessions)
    store.write([check(one, "kiosk-1") for one in (gone(2, "session", "a"), gone(2, "member", "bob"))], NOW)
    assert_reports(store, [sessions[1]])
    if not database.is_mongo:
        assert [row["session_id"] for row in database.rows("workout_sets")] == ["b"]


def test_an_upgraded_database_reports_what_was_in_it(server: Server) -> None:
    server.create("upgraded")
    database = Database(server.url("upgraded"))
    if database.is_mongo:
        pytest.skip("MongoDB came with the second schema")
    make_first(database)
    with database.opened() as store:
        assert [one.exercise for one in store.reports.member("bob", TODAY).trends] == ["squat"]


# By index


def test_a_member_s_report_reads_a_member_s_rows(store: RecordStore, database: Database) -> None:
    others = [workout(f"s{one}", user_id=f"user-{one}") for one in range(400)]
    sessions = [msgspec.structs.replace(one, exercises=(entry(done(5)),)) for one in others]
    save(store, sessions)
    plans = _plans(database, "user-7")
    assert plans
    for plan, index in plans:
        assert index in plan, plan


def _plans(database: Database, user_id: str) -> list[tuple[str, str]]:
    """Explanations, and the index that each must name."""
    if database.is_mongo:
        with database.client() as client:
            aggregate = {"aggregate": "workouts", "pipeline": of_member(user_id, None), "cursor": {}}
            return [(str(client.get_default_database().command("explain", aggregate)), "user_id_1_start_time_-1")]
    queries = [
        (sessions_of(user_id, None).select(), "workout_sessions_of_user"),
        (best_sets(claims_of(user_id, None), "one_rep_max"), "workout_sets_of_user"),
    ]
    plans = []
    with database.engine() as engine, engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("analyze")
        words = "explain query plan" if engine.dialect.name == "sqlite" else "explain"
        for query, index in queries:
            text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
            rows = connection.exec_driver_sql(f"{words} {text}").all()
            plans.append(("\n".join(map(str, rows)), index))
    return plans
