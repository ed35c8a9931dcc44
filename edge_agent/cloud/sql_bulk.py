"""Inserts of many rows, with as little as possible between the rows and the driver.

Each statement is compiled once, and rows go round SQLAlchemy's own handling, which took longer than the driver's. How
they travel is what was measured to be cheapest for each database, counted at both ends.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

_Values = tuple[Any, ...]

_MOST_VALUES = 900
"""In one statement: SQLite before 3.32 takes 999."""


class BulkInsert:
    """An insert of rows that have all columns, none of them JSON; `whole_documents` says that some of it is long."""

    def __init__(self, engine: sa.Engine, insert: sa.Insert, *, whole_documents: bool = False) -> None:
        self._database = engine.dialect.name
        # Documents would be quoted and parsed for nothing.
        self._as_json = self._database == "postgresql" and not whole_documents
        # By place, which all drivers take, instead of by name.
        placed: sa.Dialect = type(engine.dialect)(  # type: ignore[call-arg]  # of all dialects, not of their base
            paramstyle="qmark" if self._database == "sqlite" else "format"
        )
        columns = insert.table.columns
        self._statement = str((_from_json(insert) if self._as_json else insert).compile(dialect=placed))
        self._head, self._marks, self._tail = _parts(self._statement, len(columns))
        self._pick = itemgetter(*columns.keys())
        processors = [one.type.dialect_impl(engine.dialect).bind_processor(engine.dialect) for one in columns]
        # The same moment often comes again: when a batch was received.
        self._converters = [(place, lru_cache(8)(convert)) for place, convert in enumerate(processors) if convert]

    def write(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> int | None:
        """Execute it; return how many rows were written, None where the database does not tell."""
        if self._as_json:
            # A third of the time of a statement for each row.
            return connection.exec_driver_sql(self._statement, (msgspec.json.encode(rows).decode(),)).rowcount
        values = self._values(rows)
        if self._database == "sqlite":
            return sum(self._write_page(connection, page) for page in self._pages(values))
        written = connection.exec_driver_sql(self._statement, values).rowcount
        # MySQL counts what it replaces twice, and what it leaves alone once.
        return written if self._database == "postgresql" else None

    def _values(self, rows: Sequence[Mapping[str, Any]]) -> list[_Values]:
        # Turned by columns: few of them are converted.
        columns: list[Iterable[Any]] = list(zip(*map(self._pick, rows), strict=True))
        for place, convert in self._converters:
            columns[place] = map(convert, columns[place])
        return list(zip(*columns, strict=True))

    def _pages(self, values: Sequence[_Values]) -> Iterator[Sequence[_Values]]:
        """Part rows into few sizes of pages, so that their statements stay prepared."""
        begin, size = 0, _MOST_VALUES // len(values[0])
        while begin < len(values):
            while size > len(values) - begin:
                size = max(1, size // 4)
            yield values[begin : begin + size]
            begin += size

    def _write_page(self, connection: sa.Connection, page: Sequence[_Values]) -> int:
        # One step of SQLite's, in which Python's other threads can work; row by row they would hold it up each time.
        statement = self._head + ", ".join([self._marks] * len(page)) + self._tail
        return connection.exec_driver_sql(statement, tuple(chain.from_iterable(page))).rowcount


def _parts(statement: str, columns: int) -> tuple[str, str, str]:
    """Return what is before, in and behind the parentheses with the values."""
    marks = f"({', '.join('?' * columns)})"
    head, _, tail = statement.partition(marks)
    return head, marks, tail


def _from_json(insert: sa.Insert) -> sa.Insert:
    """Have PostgreSQL take all rows from one text in JSON."""
    columns = [sa.column(one.name, _element(one.type)) for one in insert.table.columns]
    rows = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), postgresql.JSON))
    new = rows.table_valued(*columns).render_derived(name="new_rows", with_types=True)
    return insert.from_select([one.name for one in columns], sa.select(*new.c))


def _element(column: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """Return the type of what is in the text; its length and collation are the column's affair."""
    return sa.Text() if isinstance(column, sa.String) else column
