"""Our own export: a line a workout, whole, with every rep.

A file can be edited by anybody, so what comes from one is `import` and gets an id of this member's own, lest it take
the place of somebody else's workout or of a record that a camera has counted. Only who stands at the machine can say
that an export is to be believed as it is (`Reading.trusted`).
"""

from collections.abc import Iterable, Iterator

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.importing.sound import check
from edge_agent.importing.told import Found, Item, Reading, Refused, at_line, kept_id
from edge_agent.phrase import Phrase
from edge_agent.records import Session

FILE = "workouts.jsonl"
LONGEST_LINE = 8_000_000
_MOST_LINES = 200_000
"""Empty ones too: a zip holds hundreds of millions of them in a megabyte."""
_decoder = msgspec.json.Decoder(Session)


def read(lines: Iterable[bytes], reading: Reading) -> Iterator[Item]:
    """Yield the workout of each line, or what is wrong with it; what goes on for too long is left there."""
    for number, line in enumerate(lines, 1):
        where = at_line(number)
        if number > _MOST_LINES:
            yield Refused(where=where, reason=Phrase("only the first {most} lines are read", most=_MOST_LINES))
            return
        if len(line) > LONGEST_LINE:
            words = "a workout of more than {megabytes} MB; nothing behind it is read"
            yield Refused(where=where, reason=Phrase(words, megabytes=LONGEST_LINE // 1_000_000))
            return
        if not line.strip():
            continue
        try:
            told = _session(line, reading)
        except PermanentError as error:
            yield Refused(where=where, reason=error.phrase)
        else:
            session = told if reading.trusted else as_import(told, reading)
            yield Found(where=where, session=session, title=told.focus or "", original_id=told.session_id)


def _session(line: bytes, reading: Reading) -> Session:
    try:
        session = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PermanentError("not a workout of this program: {cause}", cause=error) from error
    check(session, reading.now)
    return msgspec.structs.replace(session, user_id=reading.user_id, user_name=reading.user_name)


def as_import(session: Session, reading: Reading) -> Session:
    """Return what a file says of a workout as what it is: told by a member."""
    return msgspec.structs.replace(
        session,
        session_id=kept_id(reading.user_id, session.session_id),
        device_id=reading.device_id,
        source="import",
        boot_id="",
    )
