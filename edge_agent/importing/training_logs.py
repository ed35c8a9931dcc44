"""Files of `training_session_log`, one workout each (`training_log` knows the format)."""

from collections.abc import Iterator
from typing import Any

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.importing.objects import Ownership, records_of
from edge_agent.importing.sound import check
from edge_agent.importing.told import Found, Item, Reading, Refused, kept_id
from edge_agent.importing.training_log import TrainingLog, logged_session

TYPE = "training_session_log"


def read(value: Any, reading: Reading) -> Iterator[Item]:
    """Yield the workout of a decoded file, or of each entry of a list of such."""
    records = records_of(value)
    ownership = Ownership(records, reading.user_id, reading.user_name)
    for where, record in records:
        try:
            ownership.check(record)
            yield _found(where, record, reading)
        except PermanentError as error:
            yield Refused(where=where, reason=error.phrase)


def _found(where: str, record: Any, reading: Reading) -> Found:
    try:
        log = msgspec.convert(record, TrainingLog)
    except (msgspec.ValidationError, RecursionError) as error:
        raise PermanentError("not a training session log: {cause}", cause=error) from error
    session = logged_session(log, reading.device_id, reading.zone, lambda name: reading.named(name).key)
    session = msgspec.structs.replace(
        session,
        session_id=kept_id(reading.user_id, log.session_id),
        user_id=reading.user_id,
        user_name=reading.user_name,
    )
    check(session, reading.now)
    return Found(where=where, session=session, title=log.focus or "", original_id=log.session_id)
