"""The workouts of a fake agent: `interface.Workouts` over a list in memory, without undo's time limit."""

import itertools
from typing import Any

import msgspec

from edge_agent.errors import ConflictError, PermanentError
from edge_agent.interface.workouts import EntryEdit, PastEntry, PastWorkout, SetEdit, WorkoutEdit
from edge_agent.records import ExerciseEntry, Session, Whereabouts, WorkoutSet
from tests.fake_training import a_whereabouts

Saved = list[tuple[Session, Whereabouts]]


class FakeWorkouts:
    """Satisfies `interface.Workouts`; `deleted_ones` can be restored, `fresh` can be claimed."""

    def __init__(self, saved: Saved) -> None:
        self.saved = saved
        self.deleted_ones: dict[str, tuple[int, tuple[Session, Whereabouts]]] = {}
        self.fresh: set[str] = set()
        self.edits: list[WorkoutEdit] = []
        self.names: dict[str, str] = {}
        """Of the exercises that are known, by key."""
        self._numbers = itertools.count(1)

    async def session(self, session_id: str) -> Session:
        return self.saved[self._place(session_id)][0]

    async def whereabouts(self, session_id: str) -> Whereabouts:
        return self.saved[self._place(session_id)][1]

    async def edit(self, session_id: str, edit: WorkoutEdit) -> Session:
        place = self._place(session_id)
        session, where = self.saved[place]
        if edit.if_rev not in {None, where.rev}:
            raise ConflictError("the workout has changed meanwhile; look at it again")
        self.edits.append(edit)
        fields = _given(edit, "notes", "focus")
        entries = tuple(self._entry(entry, edit) for entry in session.exercises)
        changed = msgspec.structs.replace(session, exercises=entries, **fields)
        self._put(place, changed)
        return changed

    async def add(self, user_id: str, past: PastWorkout, session_id: str | None = None) -> Session:
        known = [session for session, _ in self.saved if session.session_id == session_id]
        if known:
            return known[0]
        start = past.start_time if "+" in past.start_time else f"{past.start_time}+01:00"
        session = Session(
            session_id=session_id or f"added-{next(self._numbers)}",
            user_id=user_id,
            user_name=user_id.capitalize(),
            device_id="kiosk-1",
            source="manual",
            start_time=start,
            end_time=start,
            duration_s=past.duration_s,
            exercises=tuple(self._past(order, entry, start) for order, entry in enumerate(past.exercises, 1)),
            notes=past.notes,
            focus=past.focus,
        )
        self.saved.insert(0, (session, a_whereabouts(session.session_id)))
        return session

    async def delete(self, session_id: str) -> None:
        place = self._place(session_id)
        self.deleted_ones[session_id] = (place, self.saved.pop(place))

    async def deleted(self, session_id: str) -> Session:
        if session_id not in self.deleted_ones:
            raise PermanentError(f"no session {session_id!r} was deleted in the last ten minutes")
        return self.deleted_ones[session_id][1][0]

    async def restore(self, session_id: str) -> Session:
        await self.deleted(session_id)
        place, saved = self.deleted_ones.pop(session_id)
        self.saved.insert(place, saved)
        return saved[0]

    async def claimable(self) -> tuple[Session, ...]:
        return tuple(session for session, _ in self.saved if session.session_id in self.fresh)

    async def claim(self, session_id: str, user_id: str) -> Session:
        place = self._place(session_id)
        self.fresh.discard(session_id)
        claimed = msgspec.structs.replace(self.saved[place][0], user_id=user_id, user_name=user_id.capitalize())
        self._put(place, claimed)
        return claimed

    def _place(self, session_id: str) -> int:
        for place, (session, _) in enumerate(self.saved):
            if session.session_id == session_id:
                return place
        raise PermanentError(f"no session {session_id!r} is kept here")

    def _put(self, place: int, session: Session) -> None:
        rev = f"019aa0b1c2d3-{next(self._numbers) + 1:04}-kiosk-1"
        self.saved[place] = (session, a_whereabouts(session.session_id, rev=rev))

    def _entry(self, entry: ExerciseEntry, edit: WorkoutEdit) -> ExerciseEntry:
        edits = {one.number: one for one in edit.sets if one.exercise == entry.order}
        sets = tuple(_changed_set(one, edits.get(one.number)) for one in entry.sets)
        renamed = [one for one in edit.exercises if one.order == entry.order]
        return msgspec.structs.replace(entry, sets=sets, **(self._named(renamed[-1], entry) if renamed else {}))

    def _named(self, edit: EntryEdit, entry: ExerciseEntry) -> dict[str, Any]:
        measured = entry.measured_exercise or entry.exercise
        return {
            "exercise": edit.exercise,
            "name": self.names.get(edit.exercise, edit.exercise),
            "measured_exercise": None if measured == edit.exercise else measured,
        }

    def _past(self, order: int, entry: PastEntry, start: str) -> ExerciseEntry:
        sets = (
            WorkoutSet(number=number, started_at=start, ended_at=start, **msgspec.structs.asdict(one))
            for number, one in enumerate(entry.sets, 1)
        )
        name = self.names.get(entry.exercise, entry.exercise)
        return ExerciseEntry(order=order, exercise=entry.exercise, name=name, sets=tuple(sets))


def _given(edit: WorkoutEdit | SetEdit, *names: str) -> dict[str, Any]:
    return {name: getattr(edit, name) for name in names if getattr(edit, name) is not msgspec.UNSET}


def _changed_set(one: WorkoutSet, edit: SetEdit | None) -> WorkoutSet:
    if edit is None:
        return one
    fields = _given(edit, "reps_full", "weight_kg", "rpe", "kind", "notes")
    if "reps_full" in fields:
        measured = one.reps_full if one.measured_reps is None else one.measured_reps
        fields["measured_reps"] = None if measured == fields["reps_full"] else measured
    return msgspec.structs.replace(one, **fields)
