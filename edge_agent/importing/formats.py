"""Which format a file has, and its reader. A zip is read file by file."""

import io
from collections.abc import Iterator
from typing import Any, Literal, get_args

from edge_agent.errors import PermanentError
from edge_agent.importing import (
    hevy,
    markdown,
    own_export,
    own_table,
    pose_summary,
    sessions_json,
    strong,
    training_logs,
)
from edge_agent.importing.archive import ZIP_START, files_of, is_own_export, lines_of_own_export
from edge_agent.importing.objects import decoded_json
from edge_agent.importing.tables import decoded, no_text, read_table
from edge_agent.importing.told import Item, Reading, Refused
from edge_agent.phrase import Phrase

FileFormat = Literal[
    "hevy", "strong", "training_session_log", "sessions_json", "pose_summary", "markdown", "edge_agent"
]
FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
KNOWN = Phrase(
    "Hevy CSV, Strong CSV, training_session_log JSON, sessions.json, pose summaries, Markdown training logs, this "
    "program's own export, or a zip of such files"
)
MOST_BYTES = 25_000_000
"""Of one file."""
_TEXT_ENDINGS = (".md", ".markdown", ".txt", ".text")
_LISTS = ("sessions", "workouts", "data")


def tell_format(name: str, content: bytes) -> FileFormat | Literal["zip"]:
    """Return the format of a file by what is in it. Raises `PermanentError` when it is none of ours."""
    if content.startswith(ZIP_START):
        return "zip"
    if fault := no_text(content):
        raise _refusal(name, fault)
    if name.casefold().endswith(".jsonl"):
        return "edge_agent"
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        try:
            return _format_of_json(decoded_json(content))
        except PermanentError as error:
            raise _refusal(name, _without_name(error.phrase)) from error
    if table := _format_of_table(content):
        return table
    if name.casefold().endswith(_TEXT_ENDINGS):
        return "markdown"
    raise _refusal(name, Phrase("in no format that is known here; take {known}", known=KNOWN))


_OF_A_FILE = "{file}: {reason}"


def _refusal(name: str, reason: Phrase) -> PermanentError:
    return PermanentError(_OF_A_FILE, file=name, reason=reason)


def _without_name(refusal: Phrase) -> Phrase:
    """Return why a file is refused, where its place names it already."""
    reason = refusal.values.get("reason")
    return reason if refusal.template == _OF_A_FILE and isinstance(reason, Phrase) else refusal


def _format_of_json(value: Any) -> FileFormat:
    if isinstance(value, dict):
        value = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), value)
    first = next((one for one in value if isinstance(one, dict)), None) if isinstance(value, list) else value
    if isinstance(first, dict):
        if first.get("dataModelType") == training_logs.TYPE:
            return "training_session_log"
        if (
            "timestamp" in first
            and "exercise" in first
            and ({"accuracy", "feedback_points", "feedbackPoints"} & set(first))
        ):
            return "pose_summary"
        if {"session_id", "exercises", "device_id"} <= set(first):
            return "edge_agent"
        return "sessions_json"
    if value == []:
        return "sessions_json"
    raise PermanentError("JSON, but no workouts; take {known}", known=KNOWN)


def _format_of_table(content: bytes) -> FileFormat | None:
    try:
        columns = set(read_table(content).columns)
    except PermanentError:
        return None
    if columns >= own_table.COLUMNS:
        return "edge_agent"
    return "hevy" if columns >= hevy.COLUMNS else "strong" if columns >= strong.COLUMNS else None


def read(name: str, content: bytes, file_format: FileFormat | None, reading: Reading) -> Iterator[Item]:
    """Yield what a file holds; `file_format` None means that of its content.

    Raises `PermanentError` when it is in none; a bad file within a zip is one refusal instead.
    """
    told = "zip" if content.startswith(ZIP_START) else file_format or tell_format(name, content)
    if told != "zip":
        yield from _read_alone(name, content, told, reading)
    elif is_own_export(content):
        yield from _read_own_export(name, content, reading)
    else:
        yield from _read_zip(content, file_format, reading)


def _read_alone(name: str, content: bytes, file_format: FileFormat, reading: Reading) -> Iterator[Item]:
    try:
        for item in _read_one(name, content, file_format, reading):
            yield _placed(name, item)
    except PermanentError as error:
        raise _refusal(name, _without_name(error.phrase)) from error


def _read_own_export(name: str, content: bytes, reading: Reading) -> Iterator[Item]:
    try:
        for item in own_export.read(lines_of_own_export(content), reading):
            yield _placed(name, item)
    except PermanentError as error:
        yield Refused(where=name, reason=error.phrase)


def _read_zip(content: bytes, file_format: FileFormat | None, reading: Reading) -> Iterator[Item]:
    for one in files_of(content):
        if isinstance(one, Refused):
            yield one
            continue
        name, inner = one
        try:
            told = file_format or tell_format(name, inner)
            if told == "zip":
                raise PermanentError("a zip within a zip is not opened")
            for item in _read_one(name, inner, told, reading):
                yield _placed(name, item)
        except PermanentError as error:
            yield Refused(where=name, reason=_without_name(error.phrase))


def _read_one(name: str, content: bytes, file_format: FileFormat, reading: Reading) -> Iterator[Item]:
    if len(content) > MOST_BYTES and file_format != "edge_agent":
        raise _refusal(name, Phrase("larger than {megabytes} MB", megabytes=MOST_BYTES // 1_000_000))
    match file_format:
        case "hevy":
            return hevy.read(read_table(content), reading)
        case "strong":
            return strong.read(read_table(content), reading)
        case "markdown":
            return markdown.read(decoded(content), name, reading)
        case "edge_agent":
            if _format_of_table(content) == "edge_agent":
                return own_table.read(read_table(content), reading)
            return own_export.read(io.BytesIO(content), reading)
        case "training_session_log":
            return training_logs.read(decoded_json(content), reading)
        case "pose_summary":
            return pose_summary.read(decoded_json(content), reading)
        case "sessions_json":
            return sessions_json.read(decoded_json(content), reading)


def _placed(name: str, item: Item) -> Item:
    """Return the item with its file's name before its place."""
    where = Phrase("{file}, {place}", file=name[: 198 - len(item.where)], place=item.where)
    if isinstance(item, Refused):
        return Refused(where=where, reason=item.reason, title=item.title)
    return type(item)(
        where=where, session=item.session, title=item.title, left_out=item.left_out, original_id=item.original_id
    )
