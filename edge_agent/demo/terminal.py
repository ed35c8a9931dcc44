"""What the demo tells in the terminal: one live line, and at the end the session with its receipt."""

import shutil
import sys
from pathlib import Path

import msgspec

from edge_agent.records import LiveState, Record, Session, SyncStatus, Whereabouts
from edge_agent.sessions.words import set_words


class DemoResult(Record, frozen=True, kw_only=True):
    """The last line of `--json`. `reps` are full ones; `session_file` is None when nothing was saved."""

    exercise: str
    reps: int
    saved: bool
    confirmed: bool
    session_file: str | None


class LiveLine:
    """Rewrites one line on a terminal; elsewhere prints a line for each change of the count or of the sync."""

    def __init__(self, address: str) -> None:
        print(f"The pages are at {address}", flush=True)
        self._is_terminal = sys.stdout.isatty()
        self._shown: object = None

    def show(self, state: LiveState, sync: SyncStatus) -> None:
        facts = (state.phase, state.reps, state.hold_s, state.vision, sync.pending, sync.handed_over, sync.confirmed)
        text = live_text(state, sync)
        if self._is_terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r{text[:width]:<{width}}", end="", flush=True)
        elif facts != self._shown:
            print(text, flush=True)
        self._shown = facts

    def end(self) -> None:
        """Leave the line standing."""
        if self._is_terminal and self._shown is not None:
            print()


def live_text(state: LiveState, sync: SyncStatus) -> str:
    """Return the figures of the live line: frames a second, what is counted, where the sessions are."""
    saved = sync.pending + sync.confirmed + sync.refused
    done = str(state.reps) if state.hold_s is None else f"{state.hold_s} s"
    count = f"{state.exercise_name or '?'} {done if state.phase in ('set', 'rest') else '-'}"
    vision = f"{state.fps:4.1f} fps" if state.vision == "running" else state.vision.replace("_", " ")
    return f"{vision} | {count} | saved {saved} / handed over {sync.handed_over} / confirmed {sync.confirmed}"


def print_session(session: Session, where: Whereabouts) -> None:
    """Print a finished session, where its JSON lies, and the receipt."""
    print(f"\nSession {session.session_id}, {session.duration_s:.0f} s, about {session.calories_kcal} kcal")
    for entry in session.exercises:
        for workout_set in entry.sets:
            partial = f" + {workout_set.reps_partial} partial" if workout_set.reps_partial else ""
            done = f"{workout_set.reps_full} reps{partial}" if workout_set.hold_s is None else set_words(workout_set)
            print(f"  {entry.name}, set {workout_set.number}: {done}")
            for rep in workout_set.reps:
                rom = f"{rep.rom_deg:.0f} deg" if rep.rom_deg is not None else "range not seen"
                print(
                    f"    {rep.number}. {rom}, lowering {rep.eccentric_s:.1f} s, lifting {rep.concentric_s:.1f} s,"
                    f" score {rep.score:.2f}"
                )
    for point in session.feedback_points:
        print(f"  {point}")
    print(f"Saved:     {where.file}")
    if where.state == "confirmed":
        print(f"Confirmed: {where.confirmed_at}, sha256 {where.hash}")
    else:
        print(f"Cloud:     not confirmed ({where.state.replace('_', ' ')}) {where.reason}".rstrip())


def print_json(result: DemoResult) -> None:
    """Print the result as one object on one line."""
    print(msgspec.json.encode(result).decode(), flush=True)


def result_of(exercise: str, session: Session | None, where: Whereabouts | None) -> DemoResult:
    """Sum a demo up; without a session nothing was saved."""
    if session is None or where is None:
        return DemoResult(exercise=exercise, reps=0, saved=False, confirmed=False, session_file=None)
    return DemoResult(
        exercise=session.exercises[0].exercise,
        reps=session.reps,
        saved=True,
        confirmed=where.state == "confirmed",
        session_file=str(Path(where.file).resolve()),
    )
