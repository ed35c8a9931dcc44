"""Single workouts of members: `interface.Workouts` over the journal."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import msgspec
import uuid_utils

from edge_agent import service
from edge_agent.agent.cloud_link import CloudLink
from edge_agent.agent.people.kiosk_people import KioskPeople
from edge_agent.agent.writing import Fields, Writer
from edge_agent.coaching.exercise import Exercise
from edge_agent.errors import ConflictError, PermanentError, TemporaryError
from edge_agent.importing.told import check_start
from edge_agent.interface.people import Account
from edge_agent.interface.workouts import PastEntry, PastWorkout, WorkoutEdit
from edge_agent.journal.kinds import check_key
from edge_agent.journal.tables import Journal
from edge_agent.records import Session, Whereabouts
from edge_agent.sessions.calories import with_kcal
from edge_agent.sessions.correcting import corrected, named
from edge_agent.sessions.manual import ManualFacts, ManualSet, NamedExercise, manual_session, named_exercise

logger = logging.getLogger(__name__)

UNDO_WITHIN = timedelta(minutes=10)
CLAIM_WITHIN = timedelta(minutes=15)
_MOST_CLAIMABLE = 50


class KioskWorkouts:
    """Implements `interface.Workouts`. Belongs to one event loop."""

    def __init__(
        self,
        device_id: str,
        exercises: Mapping[str, Exercise],
        writer: Writer,
        people: KioskPeople,
        cloud: CloudLink,
    ) -> None:
        self._device_id = device_id
        self._exercises = exercises
        self._writer = writer
        self._journal = writer.journal
        self._wall = writer.wall
        self._people = people
        self._cloud = cloud

    async def session(self, session_id: str) -> Session:
        return await self._journal.session(session_id)

    async def whereabouts(self, session_id: str) -> Whereabouts:
        return await self._cloud.whereabouts(session_id)

    async def edit(self, session_id: str, edit: WorkoutEdit) -> Session:
        return await self._revise(session_id, lambda session: corrected(session, edit, self._exercises), edit.if_rev)

    async def add(self, user_id: str, past: PastWorkout, session_id: str | None = None) -> Session:
        if session_id is not None:
            check_key(session_id)
        session_id = session_id or str(uuid_utils.uuid7())
        self._told(await self._people.account(user_id), past, session_id)  # nobody joins by what is refused
        await self._journal.ask(lambda journal: _refuse_deleted(journal, session_id))
        account = await self._people.admit_workouts(user_id)
        session = self._told(account, past, session_id)
        return await self._writer.write_steps(_keep_told, [session])

    async def delete(self, session_id: str) -> None:
        await self._journal.remove_session(session_id, self._wall.stamp())
        self._cloud.on_change()

    async def deleted(self, session_id: str) -> Session:
        return await self._journal.removed_session(session_id)

    async def restore(self, session_id: str) -> Session:
        await self._journal.restore_session(session_id)
        self._cloud.on_change()
        return await self.session(session_id)

    async def claimable(self) -> tuple[Session, ...]:
        page = await self._journal.sessions(self._people.guest_id, _MOST_CLAIMABLE)
        return tuple(one for one in page.sessions if self._may_be_claimed(one))

    async def claim(self, session_id: str, user_id: str) -> Session:
        self._check_unclaimed(await self.session(session_id))
        account = await self._people.admit_workouts(user_id)
        ratio = self._people.body_weight_kg(account) / self._people.body_weight_kg(None)

        def put_under_name(session: Session) -> Session:
            self._check_unclaimed(session)
            return named(session, account.user_id, account.name, ratio)

        return await self._revise(session_id, put_under_name)

    async def purge(self) -> None:
        """Delete for good what nobody took back in time, also while the agent was off."""
        now = self._wall.now()
        for session_id, removed_at in (await self._journal.removed_sessions()).items():
            if now - datetime.fromisoformat(removed_at) < UNDO_WITHIN:
                continue
            try:
                await self._writer.delete("session", session_id)
            except TemporaryError as error:
                logger.warning("session %s is not deleted yet: %s", session_id, error)
                return
            except PermanentError as error:
                logger.info("session %s needs no deletion: %s", session_id, error)

    def _check_unclaimed(self, session: Session) -> None:
        if session.user_id != self._people.guest_id:
            raise ConflictError("somebody's name is on this workout already")
        if not self._may_be_claimed(session):
            raise PermanentError("a workout can be claimed for 15 minutes after its end")

    def _may_be_claimed(self, session: Session) -> bool:
        since_end = self._wall.now() - datetime.fromisoformat(session.end_time)
        return -CLAIM_WITHIN < since_end < CLAIM_WITHIN

    async def _revise(
        self, session_id: str, change: Callable[[Session], Session], if_rev: str | None = None
    ) -> Session:
        def revised(doc: Fields) -> Fields:
            session = change(msgspec.convert(doc, Session))
            # The cloud takes a version from the kiosk it was made on.
            built: Fields = msgspec.to_builtins(msgspec.structs.replace(session, device_id=self._device_id))
            return built

        return msgspec.convert(await self._writer.revise("session", session_id, revised, if_rev), Session)

    def _told(self, account: Account, past: PastWorkout, session_id: str) -> Session:
        start = _moment(past.start_time, account.profile.time_zone, self._wall.zone)
        check_start(start, self._wall.now())
        facts = ManualFacts(
            session_id=session_id,
            user_id=account.user_id,
            user_name=account.name,
            device_id=self._device_id,
            start=start,
            duration_s=past.duration_s,
            clock_certain=service.clock_is_certain(),
            boot_id=service.boot_id(),
            focus=past.focus,
            notes=past.notes,
        )
        session = manual_session(facts, [self._entry(one) for one in past.exercises])
        return with_kcal(session, self._exercises, self._people.body_weight_kg(account))

    def _entry(self, entry: PastEntry) -> tuple[NamedExercise, list[ManualSet]]:
        sets = [
            ManualSet(
                kind=one.kind,
                reps_full=one.reps_full,
                reps_partial=one.reps_partial,
                weight_kg=one.weight_kg,
                rpe=one.rpe,
                notes=one.notes,
                hold_s=one.hold_s,
            )
            for one in entry.sets
        ]
        if any(not one.reps_full and not one.reps_partial and one.hold_s is None for one in sets):
            raise PermanentError("a set of {exercise} has neither reps nor seconds held", exercise=entry.exercise)
        return named_exercise(entry.exercise, self._exercises), sets


def _refuse_deleted(journal: Journal, session_id: str) -> None:
    if journal.is_deleted("session", session_id):
        raise ConflictError("this workout was deleted; take a new id")


def _keep_told(sessions: Sequence[Session], journal: Journal, revs: Sequence[str], now: str) -> Session:
    """Save a told workout unless it is here; one step, so that of two with one id the first is kept."""
    (session,), (rev,) = sessions, revs
    _refuse_deleted(journal, session.session_id)
    try:
        known = journal.session(session.session_id)
    except PermanentError:
        journal.save_session(session, rev, now)
        return session
    if known.user_id != session.user_id:
        raise ConflictError("another workout has the id {session_id!r}; take a new one", session_id=session.session_id)
    return known


def _moment(text: str, time_zone: str, gyms: ZoneInfo) -> datetime:
    """Return a time, which without offset is in the member's time zone or else the gym's. Raises `PermanentError`."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone) if time_zone else gyms)
        return moment.astimezone(timezone(moment.utcoffset() or timedelta()))
    except (ValueError, KeyError, OverflowError) as error:
        raise PermanentError("{text!r} is not a time such as 2026-02-16T18:30", text=text) from error
