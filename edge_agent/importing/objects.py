"""JSON objects of programs that were never strict: values by any of their usual names, told when they are no use."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.moments import in_zone, moment
from edge_agent.importing.told import Item, Reading, Refused, ToldWorkout, found
from edge_agent.phrase import Phrase

_MOST_RECORDS = 20_000
_MOST_BYTES = 8_000_000
"""As JSON `[{},{},...]` takes twenty times as much memory as its text."""


def decoded_json(content: bytes) -> Any:
    """Return the value of a JSON file. Raises `PermanentError`."""
    if len(content) > _MOST_BYTES:
        raise PermanentError("JSON of more than {megabytes} MB; split it", megabytes=_MOST_BYTES // 1000000)
    try:
        return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PermanentError("not JSON: {cause}", cause=error) from error
    except RecursionError as error:
        raise PermanentError("the JSON is nested too deeply") from error


def records_of(value: Any) -> list[tuple[str, Any]]:
    """Return the records of a list, of a single object, or of an object that holds a list, each with its place."""
    if isinstance(value, dict):
        inner = next((value[key] for key in ("sessions", "workouts", "data") if isinstance(value.get(key), list)), None)
        value = [value] if inner is None else inner
    if not isinstance(value, list):
        raise PermanentError("neither a list of workouts nor one of them")
    if len(value) > _MOST_RECORDS:
        raise PermanentError("more than {most} workouts in one file", most=_MOST_RECORDS)
    return [(Phrase("entry {number}", number=number), one) for number, one in enumerate(value, 1)]


class Fields:
    """The values of one object."""

    def __init__(self, value: Any) -> None:
        if not isinstance(value, dict):
            raise PermanentError("not an object")
        self._values: Mapping[str, Any] = {str(key).replace("_", "").casefold(): one for key, one in value.items()}

    def any(self, *names: str) -> Any:
        """Return the first value that is there; names are in lower case without underscores."""
        return next((one for name in names if (one := self._values.get(name)) not in (None, "")), None)

    def text(self, *names: str) -> str:
        value = self.any(*names)
        return value if isinstance(value, str) else "" if value is None else str(value)[:2000]

    def number(self, *names: str) -> float | None:
        """Raises `PermanentError` for what is there and no number."""
        value = self.any(*names)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                raise PermanentError("{name} is too large", name=names[0]) from None
        if isinstance(value, str):
            return quantities.number(value)
        raise PermanentError("{name} is not a number", name=names[0])

    def seconds(self, *names: str) -> float | None:
        """Return seconds of a number, or of a text such as `10m`."""
        value = self.any(*names)
        if isinstance(value, str):
            return quantities.duration_s(value)
        return quantities.seconds(self.number(*names))

    def moment(self, zone: tzinfo, *names: str) -> datetime | None:
        """Return a point in time of a text, or of Unix seconds or milliseconds."""
        value = self.any(*names)
        if isinstance(value, str):
            return moment(value, zone)
        stamp = self.number(*names)
        if stamp is None:
            return None
        try:
            return in_zone(datetime.fromtimestamp(stamp / 1000 if stamp > 1e11 else stamp, UTC), zone)
        except (ValueError, OverflowError, OSError) as error:
            raise PermanentError("{stamp:g} is not a time", stamp=stamp) from error

    def texts(self, *names: str) -> tuple[str, ...]:
        value = self.any(*names)
        if isinstance(value, str):
            return (value,)
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def read_each(
    value: Any, reading: Reading, file_format: str, workout_of: Callable[[str, Fields, Reading], ToldWorkout]
) -> Iterator[Item]:
    """Yield each record of a decoded file as a workout, and each that is none; `workout_of` is given its place."""
    records = records_of(value)
    ownership = Ownership(records, reading.user_id, reading.user_name)
    for where, record in records:
        try:
            ownership.check(record)
            told = workout_of(where, Fields(record), reading)
        except PermanentError as error:
            yield Refused(where=where, reason=error.phrase)
        else:
            yield found(told, reading, file_format)


class Ownership:
    """Which records of a file are the member's: those of their id or name, or all where there is only one owner."""

    def __init__(self, records: list[tuple[str, Any]], user_id: str, user_name: str) -> None:
        self._own = {user_id.casefold(), user_name.casefold()}
        self._all = len({owner for _, one in records if (owner := self._owner(one))}) <= 1

    def check(self, record: Any) -> None:
        """Raise `PermanentError` for somebody else's."""
        owner = self._owner(record)
        if owner and not self._all and owner not in self._own:
            raise PermanentError(
                "belongs to {owner!r}, and the file holds workouts of several people", owner=owner[:60]
            )

    @staticmethod
    def _owner(record: Any) -> str:
        return Fields(record).text("userid", "user").casefold() if isinstance(record, dict) else ""
