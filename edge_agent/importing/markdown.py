"""Training logs as people write them in Markdown or plain text (docs/interchange.md has the format).

A line with a date begins a workout, `Exercise: sets` is an exercise, a heading without date or a line that ends with a
colon names the exercise of the lines below it.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.moments import moment
from edge_agent.importing.told import Item, Reading, Refused, ToldSet, ToldWorkout, at_line, found, left_out_at
from edge_agent.importing.written_sets import Line, written_sets
from edge_agent.phrase import Phrase

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"(?:[-*+•]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?(.*)")
_MONTH = r"[^\W\d]{3,12}\.?"
_DATE = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2}|\d{4}/\d{2}/\d{2}|\d{1,2}\.\d{1,2}\.\d{4}"
    rf"|\d{{1,2}}\.? (?:de )?{_MONTH} (?:de )?\d{{4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
    r"(?:[ T,]+(?:at |um )?(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?)(?: uhr)?)?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"^(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mo|di|mi|do|fr|sa|so)\b[,.]?",
    re.IGNORECASE,
)
_LOOKS_LIKE_SETS = re.compile(r"\d\s*(?:kg|lbs?|x|reps?|s\b|sec|min)", re.IGNORECASE)
_AS_TYPED = str.maketrans({"\N{MULTIPLICATION SIGN}": "x", "\N{EN DASH}": "-", "\N{EM DASH}": "-"})
_FACTS = {
    "duration": "duration", "time": "duration", "dauer": "duration", "zeit": "duration",
    "notes": "notes", "note": "notes", "notizen": "notes", "notiz": "notes",
    "date": "date", "datum": "date", "title": "title", "titel": "title",
}  # fmt: skip
_MOST_LINES, _LONGEST_LINE = 100_000, 2000


def read(text: str, name: str, reading: Reading) -> Iterator[Item]:
    """Yield each workout of a text; one whose name is a date may leave the date out."""
    log = _Log(reading)
    if match := _DATE.search(name.rpartition("/")[2]):
        log.begin(1, match["date"], "", "")
    # No more lines than are read: a list of short ones takes twenty times as much memory as their text.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n", _MOST_LINES)
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        if len(line) > _LONGEST_LINE:
            yield Refused(where=at_line(number), reason=Phrase("longer than {most} characters", most=_LONGEST_LINE))
            continue
        yield from log.take(number, " ".join(line.translate(_AS_TYPED).replace("**", "").replace("__", "").split()))
    yield from log.end()
    if len(lines) > _MOST_LINES:
        yield Refused(
            where=at_line(_MOST_LINES), reason=Phrase("only the first {most} lines are read", most=_MOST_LINES)
        )


class _Log:
    """What has been read of the workout that is going on."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._started: tuple[int, datetime, bool, str] | None = None
        self._clear()

    def _clear(self) -> None:
        self._entries: list[tuple[str, list[ToldSet]]] = []
        self._exercise = ""
        self._notes: list[str] = []
        self._left_out: list[Phrase] = []
        self._duration_s = 0.0

    def begin(self, line: int, date: str, time: str, title: str) -> None:
        start = moment(f"{date}, {time}" if time else date, self._reading.zone)
        self._started = (line, start, bool(time), title)

    def take(self, number: int, line: str) -> Iterator[Item]:
        """Take in one line; yields the workout that ends with it."""
        if not line or set(line) <= set("-=_*"):
            return
        heading = _HEADING.fullmatch(line)
        words = heading[2] if heading else line
        if dated := self._dated(words, is_heading=heading is not None):
            yield from self._next(number, *dated)
        elif self._started is None:
            if _LOOKS_LIKE_SETS.search(words):
                yield Refused(where=at_line(number), reason=Phrase("no date stands above this line"))
        elif heading:
            self._exercise = words.rstrip(":")
        else:
            self._take_words(number, words)

    def _next(self, number: int, date: str, time: str, title: str) -> Iterator[Item]:
        if self._started and not self._entries and not self._left_out and self._started[0] == 1:
            self._started = None  # the date of the file's name, which its first heading says again
        yield from self.end()
        try:
            self.begin(number, date, time, title)
        except PermanentError as error:
            yield Refused(where=at_line(number), reason=error.phrase, title=title[:100])

    @staticmethod
    def _dated(words: str, *, is_heading: bool) -> tuple[str, str, str] | None:
        """Return date, time and title of a line that begins a workout: in a heading the date may stand anywhere."""
        label, _, value = words.partition(":")
        if _FACTS.get(label.strip().casefold()) == "date":
            words = value.strip()
        match = _DATE.search(words)
        if match is None:
            return None
        before = _WEEKDAY.sub("", words[: match.start()]).strip()
        if before and not is_heading:
            return None
        after = words[match.end() :]
        if not is_heading and _LOOKS_LIKE_SETS.search(after):
            return None
        title = " ".join(part for part in (before.strip(" -:|()#,"), after.strip(" -:|()#,")) if part)
        return match["date"], match["time"] or "", title

    def _take_words(self, number: int, words: str) -> None:
        bullet = _BULLET.fullmatch(words)
        words = bullet[1] if bullet else words
        label, colon, value = (part.strip() for part in words.partition(":"))
        fact = _FACTS.get(label.casefold()) if colon else None
        if fact:
            self._take_fact(number, fact, value)
        elif colon and not value:
            self._exercise = label
        elif colon and not label[:1].isdigit():
            self._add(number, label, value)
            self._exercise = ""
        elif (bullet or self._exercise) and self._exercise:
            self._add(number, self._exercise, words)
        else:
            self._take_bare(number, words)

    def _take_fact(self, number: int, fact: str, value: str) -> None:
        if fact == "duration":
            try:
                self._duration_s = quantities.duration_s(value)
            except PermanentError as error:
                self._left_out.append(left_out_at(number, error.phrase))
        elif fact == "title" and self._started:
            self._started = (*self._started[:3], value)
        else:
            self._notes.append(value)

    def _take_bare(self, number: int, words: str) -> None:
        """Take a line such as `Squat 100kg x 5`, or prose, which is a note."""
        match = re.fullmatch(r"([^\d:]{2,60}?)\s+((?:\d|@).*)", words)
        if match and _LOOKS_LIKE_SETS.search(match[2]):
            self._add(number, match[1], match[2])
        else:
            self._notes.append(words)

    def _add(self, number: int, exercise: str, words: str) -> None:
        told: Line = written_sets(words, self._reading.unit)
        self._left_out += [
            left_out_at(number, Phrase("{exercise}: {reason}", exercise=exercise[:60], reason=one))
            for one in told.left_out
        ]
        if not told.sets:
            return
        if not self._entries or self._entries[-1][0] != exercise:
            self._entries.append((exercise, []))
        self._entries[-1][1].extend(told.sets)

    def end(self) -> Iterator[Item]:
        """Yield the workout that has been read, if there is one."""
        if self._started is None:
            return
        line, start, _, title = self._started
        if self._entries or self._left_out or self._notes:
            told = ToldWorkout(
                where=at_line(line),
                start=start,
                title=title,
                duration_s=self._duration_s,
                entries=tuple((name, tuple(sets)) for name, sets in self._entries),
                notes="\n".join(self._notes),
                left_out=tuple(self._left_out),
            )
            yield found(told, self._reading, "markdown")
        self._started = None
        self._clear()
