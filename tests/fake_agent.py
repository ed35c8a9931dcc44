"""A kiosk agent without camera, journal or cloud, for tests of the pages and for whoever designs them.

`python -m tests.fake_agent` serves the pages with somebody who squats for ever.
"""

import argparse
import asyncio
import itertools
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.interface import ExerciseChoice
from edge_agent.records import LivePose, LiveState, Session, SessionPage, SyncStatus, Whereabouts
from tests.fake_history import FakeHistory
from tests.fake_people import FakePeople
from tests.fake_training import a_session, a_whereabouts, figure
from tests.fake_transfer import FakeTransfer
from tests.fake_workouts import FakeWorkouts
from web.app import create_app
from web.server import bind, serve

_REP_S = 2.5
_STEPS = 36

EXERCISES = (
    ExerciseChoice(key="biceps_curl", name="Biceps curl"),
    ExerciseChoice(key="jumping_jack", name="Jumping jack"),
    ExerciseChoice(key="push_up", name="Push-up"),
    ExerciseChoice(key="squat", name="Squat"),
)
IDLE = LiveState(phase="waiting", exercise="squat", exercise_name="Squat", vision="running", fps=24.8, sync="Connected")
SYNC = SyncStatus(
    enabled=True, connected=True, connection="Connected to the broker", pending=0, handed_over=0, confirmed=0, refused=0
)


class FakeAgent:
    """Satisfies `interface.KioskAgent`; tests change its public attributes and call `change` and `show`."""

    device_id = "kiosk-1"

    def __init__(self) -> None:
        self.state = IDLE
        self.people = FakePeople()
        self.people.tell = lambda name: self.change(trainee=name)
        self.sync = SYNC
        self.saved: list[tuple[Session, Whereabouts]] = []
        """Newest first."""
        self.history = FakeHistory(lambda: self.saved)
        self.workouts = FakeWorkouts(self.saved)
        self.workouts.names = {choice.key: choice.name for choice in EXERCISES}
        self.transfer = FakeTransfer(self.saved, self.keep)
        self.calls: list[str] = []
        self._watchers: set[_Newest] = set()

    # what tests do to it

    def change(self, **fields: Any) -> None:
        """Change the live state and tell the watchers."""
        self.state = msgspec.structs.replace(self.state, **fields)
        self.show(self.state)

    def show(self, news: LiveState | LivePose) -> None:
        for watcher in self._watchers:
            watcher.put(news)

    def keep(self, session: Session, **where: Any) -> None:
        """Keep one more session as the newest; `where` are fields of its whereabouts."""
        self.saved.insert(0, (session, a_whereabouts(session.session_id, **where)))

    def forward(self, session_id: str, **where: Any) -> None:
        """Say anew where a kept session is."""
        self.saved[:] = [
            (session, a_whereabouts(session_id, **where) if session.session_id == session_id else place)
            for session, place in self.saved
        ]

    def set_sync(self, **fields: Any) -> None:
        self.sync = msgspec.structs.replace(self.sync, **fields)

    @property
    def watching(self) -> int:
        return len(self._watchers)

    # what the pages ask of it

    def live(self) -> LiveState:
        return self.state

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[LiveState | LivePose]]:
        watcher = _Newest()
        watcher.put(self.state)
        self._watchers.add(watcher)
        try:
            yield watcher.read()
        finally:
            self._watchers.discard(watcher)

    def exercises(self) -> tuple[ExerciseChoice, ...]:
        return EXERCISES

    async def choose_exercise(self, key: str) -> None:
        names = {"auto": ""} | {choice.key: choice.name for choice in EXERCISES}
        if key not in names:
            raise PermanentError(f"no exercise {key!r}; known: {', '.join(names)}")
        self.calls.append(f"choose {key}")
        automatic = key == "auto"
        self.change(exercise="" if automatic else key, exercise_name=names[key], automatic=automatic, reps=0)

    async def finish_session(self) -> Session | None:
        self.calls.append("finish")
        if self.state.session_id is None:
            return None
        session = a_session(self.state.session_id)
        self.keep(session, state="saved")
        self.change(
            phase="ready", reps=0, session_id=None, last_session_id=session.session_id, last_session_state="saved"
        )
        return session

    async def sessions(self, user_id: str | None, limit: int, cursor: str | None) -> SessionPage:
        start = int(cursor or 0)
        end = start + limit
        chosen = tuple(session for session, _ in self.saved[start:end] if user_id in {None, session.user_id})
        return SessionPage(sessions=chosen, next_cursor=str(end) if end < len(self.saved) else None)

    async def session(self, session_id: str) -> Session:
        return self._find(session_id)[0]

    async def whereabouts(self, session_id: str) -> Whereabouts:
        return self._find(session_id)[1]

    async def sync_status(self) -> SyncStatus:
        return self.sync

    async def retry_sync(self) -> None:
        self.calls.append("retry")

    async def retry_refused(self, key: str | None) -> int:
        self.calls.append(f"retry refused {key}")
        chosen = [one for one in self.sync.refusals if key in {None, one.key}]
        left = tuple(one for one in self.sync.refusals if one not in chosen)
        self.set_sync(refused=len(left), refusals=left, pending=self.sync.pending + len(chosen))
        return len(chosen)

    def _find(self, session_id: str) -> tuple[Session, Whereabouts]:
        for saved in self.saved:
            if saved[0].session_id == session_id:
                return saved
        raise PermanentError(f"no session {session_id!r} is kept here")


class _Newest:
    """The newest of each kind, until it is read."""

    def __init__(self) -> None:
        self._news: dict[type, LiveState | LivePose] = {}
        self._filled = asyncio.Event()

    def put(self, news: LiveState | LivePose) -> None:
        self._news[type(news)] = news
        self._filled.set()

    async def read(self) -> AsyncIterator[LiveState | LivePose]:
        while True:
            await self._filled.wait()
            news = self._news.pop(LiveState, None) or self._news.pop(LivePose)
            if not self._news:
                self._filled.clear()
            yield news


async def train_for_ever(agent: FakeAgent) -> None:
    """Do sets of eight squats with a rest between them, as somebody in front of the camera would."""
    for set_number in itertools.count(1):
        agent.change(phase="set", set_number=set_number, reps=0, set_elapsed_s=0.0, session_id="running")
        for rep in range(1, 9):
            for step in range(_STEPS):
                agent.show(figure(1 - abs(2 * step / _STEPS - 1)))
                await asyncio.sleep(_REP_S / _STEPS)
            total = 8 * (set_number - 1) + rep
            cue = "Go deeper" if rep == 4 else ""
            agent.change(reps=rep, session_reps=total, set_elapsed_s=_REP_S * rep, cue=cue)
        agent.change(phase="rest", rest_elapsed_s=0.0, cue="")
        await asyncio.sleep(12)


def read_in_two_languages() -> FakeAgent:
    """Return Olga's kiosk, where Mia reads English and kilograms, and Max German and pounds."""
    agent = FakeAgent()
    agent.people.meet("Olga", "owner")
    agent.people.meet("Mia")
    agent.people.meet("Max", units="imperial", language="de")
    return agent


def some_members(people: FakePeople) -> None:
    """Give the kiosk an owner, a coach and two members, all with the same PIN; one shares with the coach."""
    people.meet("Olga", "owner")
    people.meet("Carlo", "coach")
    people.meet("Mia", coaches=("carlo",), planned_days=(0, 2, 4))
    people.meet("Noah")


async def _serve_for_ever(port: int, *, members: bool) -> None:
    agent = FakeAgent()
    if members:
        some_members(agent.people)
    agent.keep(a_session("session-0"), state="refused", reason="weight_kg is not a number")
    for number in range(1, 45):
        agent.keep(a_session(f"session-{number}"), state="confirmed")
    agent.keep(a_session("session-45"), state="handed_over")
    agent.keep(a_session("session-46"), state="saved")
    agent.set_sync(pending=1, handed_over=1, confirmed=44, refused=1)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    training = asyncio.create_task(train_for_ever(agent))
    await serve(create_app(agent, "Gym kiosk"), bind("127.0.0.1", port), stop)
    training.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--members", action="store_true", help="Olga, Carlo, Mia and Noah, with the PIN 4711")
    options = parser.parse_args()
    asyncio.run(_serve_for_ever(options.port, members=options.members))
