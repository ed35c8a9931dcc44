"""An annotated recording: on every picture what the kiosk saw, counted and said at that moment."""

from collections import deque

import cv2
import numpy as np

from edge_agent.coaching.counting import Progress
from edge_agent.image import Image
from edge_agent.offline.counting import CountResult, RecordingCounter
from edge_agent.offline.drawing import (
    AMBER,
    GREEN,
    GREY,
    WHITE,
    darken,
    draw_curve,
    draw_skeleton,
    text_width,
    write,
)
from edge_agent.offline.film_writer import FilmWriter
from edge_agent.offline.recordings import Seen
from edge_agent.records import Fault

_CURVE_S = 10.0
"""How much of the signal is shown."""
_CURVE_TOP = 1.3
"""The phase at the upper edge; full range is 1."""
_WORDS_S = 2.5
_LAST_S = 1.5
"""How long the last picture stands with the final count."""
_LEAST_SIDE, _MOST_SIDE = 640, 1280


class Annotator:
    """Draws each counted frame into a film."""

    def __init__(self, writer: FilmWriter, counting: RecordingCounter) -> None:
        self._writer = writer
        self._counting = counting
        self._phases: deque[tuple[float, float | None]] = deque()
        self._marks: deque[tuple[float, bool]] = deque()
        self._words: tuple[str, str] = ("", "")
        self._words_s = float("-inf")
        self._first_s: float | None = None
        self._last: tuple[Seen, Image] | None = None

    def add(self, seen: Seen, progress: Progress) -> None:
        """Draw one frame; it stands until the next one."""
        time_s = seen.frame.time_s
        self._first_s = time_s if self._first_s is None else self._first_s
        self._show_last(time_s - self._first_s)
        self._phases.append((time_s, progress.phase))
        for rep in progress.reps:
            self._marks.append((rep.end_s, rep.full))
        if words := _words(progress):
            self._words, self._words_s = words, time_s
        while time_s - self._phases[0][0] > _CURVE_S:
            self._phases.popleft()
        self._last = (seen, self._drawn(seen))

    def finish(self, result: CountResult) -> None:
        """Let the last picture stand for a moment, with what all of it comes to."""
        if self._last is None or self._first_s is None:
            return
        seen, _ = self._last
        end_s = seen.frame.time_s - self._first_s
        self._show_last(end_s + 1 / 30)
        self._words, self._words_s = (_total(result), ""), seen.frame.time_s
        self._last = (seen, self._drawn(seen))
        self._show_last(end_s + _LAST_S)

    def _show_last(self, until_s: float) -> None:
        if self._last is not None:
            self._writer.write(self._last[1], until_s)

    def _drawn(self, seen: Seen) -> Image:
        picture = _canvas(seen)
        if seen.frame.pose:
            draw_skeleton(picture, seen.frame.pose)
        self._draw_count(picture)
        self._draw_curve(picture, seen.frame.time_s)
        if seen.frame.time_s - self._words_s <= _WORDS_S:
            self._draw_words(picture)
        return picture

    def _draw_count(self, picture: Image) -> None:
        unit = _unit(picture)
        session = self._counting.session
        reps = session.last_reps
        full = sum(rep.full for rep in reps)
        partial = f", {len(reps) - full} partial" if len(reps) > full else ""
        exercise = self._counting.exercise
        name = f"{exercise.name if exercise else '?'}, set {max(1, session.set_count)}{partial}"
        number = f"{self._counting.hold_s:.0f} s" if exercise and exercise.hold else str(full)
        width = max(text_width(number, unit * 5), text_width(name, unit)) + 2 * unit
        darken(picture, 0, unit * 9, 0, width)
        write(picture, number, (unit, unit * 6), unit * 5, GREEN if session.current_set else WHITE)
        write(picture, name, (unit, unit * 8), unit, WHITE)

    def _draw_curve(self, picture: Image, now_s: float) -> None:
        unit = _unit(picture)
        height, width = picture.shape[:2]
        top, bottom = height - 6 * unit, height - unit // 2
        darken(picture, top, height)

        def place(time_s: float, phase: float) -> tuple[float, float]:
            share = min(_CURVE_TOP, max(0.0, phase)) / _CURVE_TOP
            return width * (1 - (now_s - time_s) / _CURVE_S), bottom - share * (bottom - top)

        for time_s, full in self._marks:
            if now_s - time_s <= _CURVE_S:
                x = round(place(time_s, 0)[0])
                cv2.line(picture, (x, top), (x, height), GREEN if full else AMBER, max(1, unit // 8))
        run: list[tuple[float, float]] = []
        for time_s, phase in (*self._phases, (now_s, None)):
            if phase is not None:
                run.append(place(time_s, phase))
                continue
            draw_curve(picture, run, WHITE, max(1, unit // 6))
            run = []

    def _draw_words(self, picture: Image) -> None:
        unit = _unit(picture)
        height, width = picture.shape[:2]
        large, small = self._words
        bottom = height - 7 * unit
        top = bottom - (5 if small else 3) * unit
        darken(picture, top, bottom)
        size = min(2.0 * unit, 2.0 * unit * (width - 2 * unit) / max(1, text_width(large, 2 * unit)))
        write(picture, large, (unit, top + round(2.5 * unit)), size, AMBER)
        write(picture, small, (unit, top + round(4.3 * unit)), unit * 0.8, GREY)


def _unit(picture: Image) -> int:
    """Return the height of small print, pixels."""
    return max(8, int(min(picture.shape[:2])) // 36)


def _canvas(seen: Seen) -> Image:
    """Return the picture to draw on, in an even size that can be read; black for a track."""
    height, width = seen.frame.height, seen.frame.width
    longest = max(height, width)
    scale = min(max(longest, _LEAST_SIDE), _MOST_SIDE) / longest
    size = (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))
    if seen.picture is None:
        return np.zeros((size[1], size[0], 3), np.uint8)
    if size == (width, height):
        return seen.picture.copy()
    return cv2.resize(seen.picture, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[no-any-return]


def _words(progress: Progress) -> tuple[str, str] | None:
    """Return what is said about the newest reps or the running hold, large and small."""
    faults = [fault for rep in progress.reps for fault in rep.faults]
    if progress.cue:
        evidence = faults or progress.hold_faults[-1:]
        return progress.cue, _evidence(evidence[0]) if evidence else ""
    if faults:
        return faults[0].text, _evidence(faults[0])
    return ("not sure about this one", "") if any(rep.doubtful for rep in progress.reps) else None


def _evidence(fault: Fault) -> str:
    return f"{fault.text}: {fault.value:g} {fault.unit}, threshold {fault.threshold:g}"


def _total(result: CountResult) -> str:
    if result.hold_s and not result.reps:
        return f"held for {result.hold_s:.0f} s"
    reps = f"{result.reps} {'rep' if result.reps == 1 else 'reps'}"
    partial = f" + {result.partial_reps} partial" if result.partial_reps else ""
    sets = f" in {len(result.sets)} sets" if len(result.sets) > 1 else ""
    return f"{reps}{partial}{sets}"
