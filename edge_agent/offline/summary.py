"""What a count tells on the terminal: a bar on the way, a table of the reps at the end."""

import shutil
import sys
import time
from collections.abc import Iterator

from edge_agent.offline.counting import CountedRep, CountResult

_EVERY_S = 0.1
_BAR = 24


class ProgressBar:
    """Rewrites one line on standard error while it is a terminal; elsewhere it shows nothing."""

    def __init__(self, length_s: float) -> None:
        self._length_s = length_s
        self._began_s = self._shown_s = time.monotonic()
        self._is_terminal = sys.stderr.isatty()

    def show(self, position_s: float, done: str) -> None:
        """Show how far the recording has been counted, and what was done so far."""
        now_s = time.monotonic()
        if not self._is_terminal or now_s - self._shown_s < _EVERY_S:
            return
        self._shown_s = now_s
        text = bar_text(position_s, self._length_s, done, now_s - self._began_s)
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{text[:width]:<{width}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leave an empty line."""
        if self._is_terminal:
            print(f"\r{'':<{shutil.get_terminal_size().columns - 1}}\r", end="", file=sys.stderr, flush=True)


def bar_text(position_s: float, length_s: float, done: str, elapsed_s: float) -> str:
    """Return the bar, or only the position when the recording does not tell its length."""
    speed = f"{position_s / elapsed_s:.1f} x real time" if elapsed_s > 0 else ""
    if length_s <= 0:
        return f"counting {position_s:.0f} s  {done}  {speed}"
    share = min(1.0, position_s / length_s)
    full = round(share * _BAR)
    return f"counting [{'#' * full}{'.' * (_BAR - full)}] {share:4.0%}  {done}  {speed}"


def done_words(reps: int, hold_s: float) -> str:
    """Return what was done in words: reps, or what was held."""
    if hold_s:
        return f"held for {hold_s:.0f} s"
    return f"{reps} {'rep' if reps == 1 else 'reps'}"


def summary(result: CountResult, name: str, elapsed_s: float) -> str:
    """Return the result for people: what was done, a line for each rep, how fast it was counted."""
    return "\n".join([_headline(result, name), *_table(result), _pace(result, elapsed_s)])


def _headline(result: CountResult, name: str) -> str:
    if not result.sets:
        return f"{name}: nobody was seen doing a repetition."
    parts = [done_words(result.reps, 0.0 if result.reps else result.hold_s)]
    if result.partial_reps:
        parts.append(f"{result.partial_reps} partial")
    if result.hold_s and result.reps:
        parts.append(f"held for {result.hold_s:.0f} s")
    if result.doubtful_reps:
        parts.append(f"{result.doubtful_reps} of them doubtful")
    return f"{name}: {', '.join(parts)} in {len(result.sets)} {'set' if len(result.sets) == 1 else 'sets'}"


def _table(result: CountResult) -> Iterator[str]:
    for number, one in enumerate(result.sets, 1):
        held = f", held for {one.hold_s:.0f} s" if one.hold_s else ""
        held += "".join(f"; {fault.text} for {fault.value:.0f} s" for fault in one.faults)
        yield f"\nSet {number}, {one.exercise}, {_clock(one.start_s)} to {_clock(one.end_s)}{held}"
        reps = [rep for rep in result.rep_details if rep.set_number == number]
        if reps:
            yield "  rep     from       to   range  lower  pause   lift  score"
        yield from (_row(rep) for rep in reps)


def _row(rep: CountedRep) -> str:
    rom = f"{rep.rom_deg:.0f} deg" if rep.rom_deg is not None else "-"
    figures = f"{rep.eccentric_s:6.1f} {rep.pause_s:6.1f} {rep.concentric_s:6.1f} {rep.score:6.2f}"
    remarks = [fault.text for fault in rep.faults]
    remarks += ["partial"] * (not rep.full) + ["doubtful"] * rep.doubtful
    remarks += [rep.side] * (rep.side != "both")
    times = f"{_clock(rep.start_s):>8} {_clock(rep.end_s):>8}"
    return f"  {rep.number:3} {times} {rom:>7} {figures}  {', '.join(remarks)}".rstrip()


def _pace(result: CountResult, elapsed_s: float) -> str:
    speed = result.duration_s / elapsed_s if elapsed_s > 0 else 0.0
    return f"\n{result.duration_s:.1f} s counted in {elapsed_s:.1f} s: {speed:.1f} x real time"


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(time_s, 60)
    return f"{int(minutes)}:{seconds:04.1f}"
