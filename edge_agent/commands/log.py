"""`edge-agent log`: ask for a workout that no camera saw, and save it.

What was told is never lost silently: at the end of the input whole sets are saved, Ctrl-C asks, and whatever is thrown
away is named.
"""

import argparse
import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import uuid_utils

from edge_agent import service
from edge_agent.coaching.exercise import Exercise
from edge_agent.coaching.own_exercises import find_exercises
from edge_agent.commands import asking
from edge_agent.commands.asking import ask, ask_yes
from edge_agent.commands.settings import from_options
from edge_agent.config import Config
from edge_agent.errors import ConfigError, EdgeError, TemporaryError
from edge_agent.journal.tables import Journal
from edge_agent.records import Session
from edge_agent.sessions.calories import with_kcal
from edge_agent.sessions.manual import (
    ManualFacts,
    ManualSet,
    NamedExercise,
    SetKind,
    manual_session,
    named_exercise,
    parse_assessment,
    parse_done,
    parse_rest_s,
    parse_rpe,
    parse_weight_kg,
)
from edge_agent.sessions.words import performance_words
from edge_agent.sync.clock import HybridClock

logger = logging.getLogger(__name__)

_INTERRUPTED_STATUS = 130

Previous = Callable[[NamedExercise], str]
"""Gives in words what was done of an exercise the last time; empty when it is new."""


def main(options: argparse.Namespace) -> int:
    """Ask, save and print the files written. Raises `ConfigError` while an agent uses the journal."""
    config = from_options(options)
    asking.prepare_streams()
    user_id = options.user_id or config.session.user_id
    start = _start(options.start, ZoneInfo(config.time_zone))
    folder = service.state_folder(config.storage.folder)
    with Journal.open(folder) as journal:
        for line in journal.damage:
            logger.warning("journal: %s", line)
        workout = _Workout(
            find_exercises(config.session.exercise_folder).exercises,
            lambda exercise: _previous(journal, user_id, exercise),
        )
        try:
            if not workout.ask():
                workout.tell_discarded()
                return 0
            told = manual_session(_facts(options, config, journal.device_id, start), workout.entries)
            file = _save(journal, with_kcal(told, workout.exercises, _body_weight_kg(journal, user_id, config)))
        except KeyboardInterrupt:
            print()
            workout.tell_discarded()
            return _INTERRUPTED_STATUS
        except EdgeError:
            workout.tell_discarded()
            raise
    print(f"Session saved! ✅\nFiles written:\n  • Database: {folder / 'journal'}\n  • JSON file: {file}")
    return 0


def _start(text: str | None, zone: ZoneInfo) -> datetime:
    now = datetime.now(zone)
    if text is None:
        return now
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--start: {text!r} is not a time such as 2026-02-16T18:30") from error
    start = start if start.tzinfo else start.replace(tzinfo=zone)
    if start > now:
        raise ConfigError(f"--start: {text!r} has not come yet")
    return start


def _facts(options: argparse.Namespace, config: Config, device_id: str, start: datetime) -> ManualFacts:
    return ManualFacts(
        session_id=str(uuid_utils.uuid7()),
        user_id=options.user_id or config.session.user_id,
        user_name=options.user_name or options.user_id or config.session.user_name,
        device_id=device_id,
        start=start,
        duration_s=timedelta(minutes=options.minutes).total_seconds(),
        clock_certain=service.clock_is_certain(),
        boot_id=service.boot_id(),
        phase=options.phase,
        week=options.week,
        is_deload_week=options.deload,
        focus=options.focus,
    )


def _body_weight_kg(journal: Journal, user_id: str, config: Config) -> float:
    member = journal.accounts.members.get(user_id)
    own = member.profile.get("body_weight_kg") if member and isinstance(member.profile, dict) else None
    return float(own) if isinstance(own, int | float) and own > 0 else config.session.body_weight_kg


def _save(journal: Journal, session: Session) -> Path:
    """Save, and ask whether to try again for as long as the disk refuses."""
    while True:
        rev = HybridClock(journal.device_id, journal.last_rev()).tick(time.time_ns() // 1_000_000)
        saved_at = datetime.now().astimezone().isoformat(timespec="milliseconds")
        try:
            with _undisturbed():
                return journal.save_session(session, rev, saved_at)
        except TemporaryError as error:
            print(f"Not saved: {error}")
            if not ask_yes("Try again?", at_end=False):
                raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold off Ctrl-C, so that nothing is called discarded which is saved."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _previous(journal: Journal, user_id: str, exercise: NamedExercise) -> str:
    page = journal.sessions_of_exercise(user_id, exercise.key, 1)
    return performance_words(page.sessions[0], exercise.key) if page.sessions else ""


class _Workout:
    """What has been told so far. A set belongs to it once all its questions are answered."""

    def __init__(self, exercises: Mapping[str, Exercise], previous: Previous) -> None:
        self.exercises = exercises
        self._previous = previous
        self._told: list[tuple[NamedExercise, list[ManualSet]]] = []
        self._unfinished = ""

    @property
    def entries(self) -> list[tuple[NamedExercise, list[ManualSet]]]:
        return [entry for entry in self._told if entry[1]]

    def ask(self) -> bool:
        """Ask for all exercises; returns whether there is something that shall be saved."""
        print("Log a workout. An empty answer means none or no more; Ctrl-D ends and saves, Ctrl-C asks.")
        try:
            while exercise := ask("Exercise", lambda name: named_exercise(name, self.exercises)):
                self._ask_exercise(exercise)
        except EOFError:
            print()
            self._tell_unfinished()
            return bool(self.entries)
        except KeyboardInterrupt:
            print()
            self._tell_unfinished()
        return bool(self.entries) and ask_yes(f"Save {self._words()}?")

    def tell_discarded(self) -> None:
        print(f"Discarded: {self._words()}." if self.entries else "Nothing to save.")

    def _tell_unfinished(self) -> None:
        if self._unfinished:
            print(f"Not complete, hence discarded: {self._unfinished}.")

    def _words(self) -> str:
        sets = sum(len(sets) for _, sets in self.entries)
        names = ", ".join(exercise.name for exercise, _ in self.entries)
        return f"{sets} {'set' if sets == 1 else 'sets'} ({names})"

    def _ask_exercise(self, exercise: NamedExercise) -> None:
        if previous := self._previous(exercise):
            print(f"  Last time {previous}")
        sets: list[ManualSet] = []
        self._told.append((exercise, sets))
        while self._ask_warmup(exercise, sets):
            pass
        warmups = len(sets)
        while self._ask_working(exercise, sets, len(sets) - warmups + 1):
            pass
        if not sets:
            print(f"  No sets of {exercise.name}; left out.")

    def _ask_warmup(self, exercise: NamedExercise, sets: list[ManualSet]) -> bool:
        done = self._ask_done(exercise, "warmup", len(sets) + 1)
        if done is None:
            return False
        weight_kg, notes = ask("    weight, kg", parse_weight_kg), ask("    notes", str)
        sets.append(msgspec.structs.replace(done, weight_kg=weight_kg, notes=notes))
        self._unfinished = ""
        return True

    def _ask_working(self, exercise: NamedExercise, sets: list[ManualSet], number: int) -> bool:
        done = self._ask_done(exercise, "working", number)
        if done is None:
            return False
        told = msgspec.structs.replace(
            done,
            weight_kg=ask("    weight, kg", parse_weight_kg),
            rpe=ask("    RPE, 1 to 10", parse_rpe),
            rep_assessment=None if exercise.held else ask("    reps were bad, good or perfect", parse_assessment),
            rest_before_s=ask("    rest before it, minutes", parse_rest_s),
            notes=ask("    notes", str),
        )
        sets.append(told)
        self._unfinished = ""
        return True

    def _ask_done(self, exercise: NamedExercise, kind: SetKind, number: int) -> ManualSet | None:
        """Ask how much of it was done: reps, or how long it was held."""
        name = f"{'Warm-up set' if kind == 'warmup' else 'Set'} {number}"
        if exercise.held:
            question = f"{name}, seconds held, or minutes such as 1:30"
        else:
            question = f"{name}, reps" if kind == "warmup" else f"{name}, full reps, or full+partial such as 5+1"
        done = ask(f"  {question}", lambda text: parse_done(text, kind, held=exercise.held))
        if done:
            amount = f"{done.reps_full} reps" if done.hold_s is None else f"{done.hold_s:g} s"
            self._unfinished = f"{name[0].lower()}{name[1:]} of {exercise.name} ({amount})"
        return done
