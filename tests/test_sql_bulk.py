"""How many rows at once reach the SQL databases."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from edge_agent.cloud import sql_connecting, sql_statements
from edge_agent.cloud.sql_bulk import BulkInsert
from edge_agent.cloud.sql_tables import Moment

POSTGRESQL, MYSQL, SQLITE = "postgresql://gym@host/gym", "mysql://gym@host/gym", "sqlite:////cloud.db"
TABLE = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer, primary_key=True), sa.Column("b", sa.String(9)))
TIMES = sa.Table("times", sa.MetaData(), sa.Column("at", Moment), sa.Column("b", sa.Text))
ROWS = [{"a": 1, "b": "x"}, {"b": "y", "a": 2}]


class Connection:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.rowcount = 7

    def exec_driver_sql(self, statement: str, values: Any) -> "Connection":
        self.sent.append((statement, values))
        return self


def write(address: str, rows: Any = ROWS, **options: bool) -> tuple[list[tuple[str, Any]], int | None]:
    engine, connection = sql_connecting.make_engine(address), Connection()
    insert = BulkInsert(engine, sql_statements.replace(engine, TABLE), **options)
    written = insert.write(connection, rows)  # type: ignore[arg-type]
    return connection.sent, written


def test_postgresql_gets_all_rows_as_one_text() -> None:
    ((statement, values),), written = write(POSTGRESQL)
    assert "json_to_recordset(" in statement
    assert "a INTEGER, b TEXT" in statement
    assert "ON CONFLICT (a) DO UPDATE SET b = excluded.b" in statement
    assert values == ('[{"a":1,"b":"x"},{"b":"y","a":2}]',)
    assert written == 7


@pytest.mark.parametrize(("address", "options"), [(MYSQL, {}), (POSTGRESQL, {"whole_documents": True})])
def test_mysql_and_whole_documents_get_row_by_row_what_the_driver_makes_one_of(
    address: str, options: dict[str, bool]
) -> None:
    ((statement, values),), _ = write(address, **options)
    assert "VALUES (%s" in statement
    assert values == [(1, "x"), (2, "y")]


def test_mysql_does_not_tell_how_many_were_written() -> None:
    assert write(MYSQL)[1] is None


def test_sqlite_gets_pages_of_few_sizes() -> None:
    rows = [{"a": number, "b": "x"} for number in range(450 + 112 + 28 + 7 + 2)]
    sent, written = write(SQLITE, rows)
    assert [len(values) // 2 for _, values in sent] == [450, 112, 28, 7, 1, 1]
    assert [number for _, values in sent for number in values[::2]] == list(range(len(rows)))
    assert written == 6 * 7


def test_moments_are_written_as_the_database_keeps_them() -> None:
    connection, insert = Connection(), BulkInsert(sql_connecting.make_engine(SQLITE), sa.insert(TIMES))
    insert.write(connection, [{"at": datetime(2026, 2, 17, 9, tzinfo=timezone(timedelta(hours=1))), "b": "x"}])  # type: ignore[arg-type]
    assert connection.sent[0][1] == ("2026-02-17 08:00:00.000000", "x")
