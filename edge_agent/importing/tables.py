"""CSV as programs write it: UTF-8 or not, with a byte order mark or not, with commas, semicolons or tabs.

A quote that is not closed would swallow the rest of a file in one field; it is told instead.
"""

import csv
import io
from collections.abc import Iterator

from edge_agent.errors import PermanentError
from edge_agent.importing.told import Refused, at_line
from edge_agent.phrase import Phrase
from edge_agent.records import Record

_MOST_ROWS = 100_000
_MOST_COLUMNS = 100
_DELIMITERS = ",;\t"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BLANK = b"\xef\xbb\xbf \t\r\n"
_LOOKED_AT = 8000
_OTHERS = {
    b"\x1f\x8b": Phrase("a gzip archive"),
    b"7z\xbc\xaf": Phrase("a 7z archive"),
    b"Rar!": Phrase("a RAR archive"),
    b"%PDF": Phrase("a PDF"),
    b"\x89PNG": Phrase("a picture"),
    b"\xff\xd8\xff": Phrase("a picture"),
    b"SQLite format 3": Phrase("a database"),
}
"""What people pick by mistake, by its first bytes."""


class Row(Record, frozen=True, kw_only=True):
    """One row by its column's names in lower case; missing fields are empty."""

    line: int
    fields: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "").strip()


class Table:
    """The header of a CSV file, and its rows, to be read once."""

    def __init__(self, text: str) -> None:
        """Raises `PermanentError` when there is no header."""
        lines = text[:20_000].splitlines()
        skip = 1 if lines and lines[0].strip().casefold().startswith("sep=") else 0
        if len(lines) <= skip:
            raise PermanentError("the file is empty")
        delimiter = max(_DELIMITERS, key=lines[skip].count)
        # Line ends stay as they are, so that those within quotes are counted; a StringIO would take four times as much.
        lines_of_text = io.TextIOWrapper(io.BytesIO(text.encode(errors="replace")), encoding="utf-8", newline="")
        self._reader = csv.reader(lines_of_text, delimiter=delimiter, strict=True)
        try:
            names = [next(self._reader) for _ in range(skip + 1)][-1]
        except (csv.Error, StopIteration) as error:
            raise PermanentError("the first line is no header of a table: {cause}", cause=error) from error
        if len(names) > _MOST_COLUMNS:
            raise PermanentError("more than {most} columns", most=_MOST_COLUMNS)
        self.columns = [" ".join(name.casefold().split()) for name in names]

    def rows(self) -> Iterator[Row | Refused]:
        """Yield rows that are not empty, and what is wrong with lines that are no rows."""
        for _ in range(_MOST_ROWS):
            line = self._reader.line_num + 1
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Refused(where=at_line(line), reason=_why(str(error), line, self._reader.line_num))
                continue
            if any(field.strip() for field in fields):
                yield self._row(line, fields)
        where = at_line(self._reader.line_num)
        yield Refused(where=where, reason=Phrase("only the first {most} rows of a file are read", most=_MOST_ROWS))

    def _row(self, line: int, fields: list[str]) -> Row | Refused:
        if len(fields) > len(self.columns):  # also where the last is empty: a shifted row often ends like that
            reason = Phrase(
                "{fields} fields, but the header names {columns}: is a field with a comma unquoted?",
                fields=len(fields),
                columns=len(self.columns),
            )
            return Refused(where=at_line(line), reason=reason)
        return Row(line=line, fields=dict(zip(self.columns, fields, strict=False)))


def read_table(content: bytes) -> Table:
    """Return the table of a file. Raises `PermanentError` when it has no header."""
    return Table(decoded(content))


def no_text(content: bytes) -> Phrase | None:
    """Return what is wrong with a file that holds no text; nothing for one that does."""
    if not content.strip(_BLANK):
        return Phrase("the file is empty")
    if not content.strip(_BLANK + b"\0"):
        return Phrase("the file holds nothing but zero bytes, as after a copy that was cut off; copy it again")
    for start, kind in _OTHERS.items():
        if content.startswith(start):
            return Phrase("this is {kind}, not text; take a file that can be read as text", kind=kind)
    # Zeros at the end are left where the power failed; UTF-16 with its mark has them everywhere.
    if b"\0" in content.rstrip(b"\0")[:_LOOKED_AT] and not content.startswith(_UTF_16):
        return Phrase("this is {kind}, not text; take a file that can be read as text", kind=Phrase("a binary file"))
    return None


def decoded(content: bytes) -> str:
    """Return a file's text; what is neither UTF-8 nor UTF-16 is taken for Western European."""
    if content.startswith(_UTF_16):
        return content.decode("utf-16", errors="replace").replace("\0", "")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")


def _why(error: str, first: int, last: int) -> Phrase:
    if "unexpected end" in error:
        words = "the quote opened here is never closed, so lines {first} to {last} can't be read"
        return Phrase(words, first=first, last=last)
    return Phrase("not a row: {cause}", cause=error)
