"""The agent's history: interface.History through the journal's thread, at the gym's present day."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge_agent.agent.figures import Figures
from edge_agent.config import Config, GymConfig
from edge_agent.errors import PermanentError
from edge_agent.history.answers import Wanted
from edge_agent.interface import History
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Session
from tests.history_parts import done, entry, workout

ZONE = ZoneInfo("Pacific/Auckland")
AT = "2026-02-17T00:00:00+01:00"


class Gym:
    """A journal with its worker and the figures of it."""

    def __init__(self, worker: JournalWorker, figures: History, on_their_way: set[str]) -> None:
        self.worker = worker
        self.figures = figures
        self.on_their_way = on_their_way
        self._number = 0

    async def save(self, *sessions: Session) -> None:
        for session in sessions:
            self._number += 1
            await self.worker.save_session(session, f"{self._number:015d}-0000-kiosk", AT)

    async def ids(self) -> list[str]:
        return [one.session_id for one in (await self.figures.sessions("ann", Wanted(), "newest", 50, None)).sessions]


def in_a_gym(folder: Path, test: Callable[[Gym], Awaitable[None]], gym: GymConfig | None = None) -> None:
    async def run() -> None:
        config = Config(time_zone=str(ZONE), gym=gym or GymConfig())
        on_their_way: set[str] = set()
        with Journal.open(folder) as journal, JournalWorker(journal) as worker:
            figures = Figures(worker, config, lambda _, key, __: key in on_their_way)
            await test(Gym(worker, figures, on_their_way))

    asyncio.run(run())


def ago(days: float, key: str = "", **fields: Any) -> Session:
    start = datetime.now(ZONE) - timedelta(days=days)
    return workout(key or f"d{days}", start.isoformat(timespec="milliseconds"), entry(done(5)), **fields)


def test_a_member_without_workouts_has_nothing_of_all(tmp_path: Path) -> None:
    async def test(gym: Gym) -> None:
        ask, wanted = gym.figures, Wanted()
        page = await ask.sessions("ann", wanted, "newest", 20, None)
        assert (page.sessions, page.total, page.next_cursor) == ((), 0, None)
        assert (await ask.cards("ann")).all_time.sessions == 0
        assert await ask.volume("ann", wanted, "week") == ()
        assert await ask.mix("ann", wanted) == ()
        assert await ask.days("ann", 2026) == ()
        assert (await ask.exercise("ann", "squat", wanted)).points == ()
        assert (await ask.bests("ann")).bests == ()
        assert (await ask.streaks("ann")).current is None
        assert (await ask.stats("ann", "all")).average_accuracy is None

    in_a_gym(tmp_path, test)


def test_a_list_is_of_the_member_alone_and_at_once(tmp_path: Path) -> None:
    async def test(gym: Gym) -> None:
        await gym.save(ago(2, "a"), ago(1, "b", user_id="bob"))
        assert await gym.ids() == ["a"]
        await gym.save(ago(0, "c"))
        assert await gym.ids() == ["c", "a"]
        await gym.worker.delete_record("session", "a", "9", AT)
        assert await gym.ids() == ["c"]

    in_a_gym(tmp_path, test)


def test_a_workout_that_was_thrown_away_is_in_no_figure_until_it_is_taken_back(tmp_path: Path) -> None:
    async def test(gym: Gym) -> None:
        await gym.save(ago(0, "a"), ago(1, "b"))
        assert await gym.ids() == ["a", "b"]
        await gym.worker.remove_session("a", AT)
        assert (await gym.ids(), (await gym.figures.cards("ann")).all_time.sessions) == (["b"], 1)
        await gym.worker.restore_session("a")
        assert await gym.ids() == ["a", "b"]

    in_a_gym(tmp_path, test)


def test_states_are_those_of_this_moment(tmp_path: Path) -> None:
    async def states(gym: Gym) -> list[str]:
        page = await gym.figures.sessions("ann", Wanted(), "newest", 20, None)
        return [one.state for one in page.sessions]

    async def test(gym: Gym) -> None:
        await gym.save(ago(0, "a"), ago(1, "b"))
        assert await states(gym) == ["saved", "saved"]
        gym.on_their_way.add("a")
        assert await states(gym) == ["handed_over", "saved"]

    in_a_gym(tmp_path, test)


def test_the_day_is_the_gym_s_present_day(tmp_path: Path) -> None:
    async def test(gym: Gym) -> None:
        await gym.save(ago(0, "a"))
        day = (await gym.figures.sessions("ann", Wanted(), "newest", 1, None)).sessions[0].day
        assert (await gym.figures.stats("ann", "today")).total_sessions == 1
        assert (await gym.figures.streaks("ann")).trained_today
        assert (await gym.figures.volume("ann", Wanted(), "day"))[-1].start == day

    in_a_gym(tmp_path, test)


def test_the_gym_says_when_its_day_and_its_week_begin(tmp_path: Path) -> None:
    async def test(gym: Gym) -> None:
        start = datetime(2026, 2, 22, 1, 30, tzinfo=ZONE).isoformat()
        await gym.save(workout("a", start, entry(done(5))))
        assert (await gym.figures.days("ann", 2026))[0].day == "2026-02-21"
        assert (await gym.figures.volume("ann", Wanted(), "week"))[0].start == "2026-02-21"

    in_a_gym(tmp_path, test, GymConfig(week_starts="saturday", day_starts_hour=3))


@pytest.mark.parametrize(
    ("profile", "planned"),
    [({"planned_days": [0, 2, 9]}, (0, 2)), ({"planned_days": "mondays"}, ()), ({}, ()), (None, ())],
)
def test_the_plan_is_the_member_s(tmp_path: Path, profile: object, planned: tuple[int, ...]) -> None:
    async def test(gym: Gym) -> None:
        document = {"user_id": "ann", "name": "Ann"} | ({"profile": profile} if profile is not None else {})
        await gym.worker.put_record("member", "ann", document, "1", AT)
        assert (await gym.figures.streaks("ann")).planned_days == planned

    in_a_gym(tmp_path, test)


def test_a_long_history_is_read_in_slices_that_others_get_between(tmp_path: Path) -> None:
    async def test(gym: Gym) -> None:
        await gym.save(*(ago(number, f"s{number}") for number in range(250)))
        gathered: list[str] = []

        async def ask(name: str, asked: Awaitable[object]) -> None:
            await asked
            gathered.append(name)

        await asyncio.gather(
            ask("history", gym.figures.cards("ann")),
            ask("count", gym.worker.counts()),
            ask("save", gym.save(ago(0, "x"))),
        )
        assert gathered[0] == "count"
        assert (await gym.figures.cards("ann")).all_time.sessions == 251

    in_a_gym(tmp_path, test)


def test_a_wrong_cursor_is_refused(tmp_path: Path) -> None:
    async def test(gym: Gym) -> None:
        with pytest.raises(PermanentError, match="cursor"):
            await gym.figures.sessions("ann", Wanted(), "newest", 5, "nonsense")

    in_a_gym(tmp_path, test)
