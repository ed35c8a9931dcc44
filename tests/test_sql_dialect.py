"""Statements that differ between the SQL databases."""

from typing import Any

import pytest
import sqlalchemy as sa

from edge_agent.cloud import sql_dialect
from edge_agent.cloud.sql_tables import MEMBERS, WORKOUT_SETS

POSTGRESQL = "postgresql://gym@host/gym"


def bulk(address: str, table: sa.Table) -> tuple[sa.Insert, str]:
    """The insert of many rows, and its text."""
    engine = sql_dialect.make_engine(address)
    insert = sql_dialect.in_bulk(engine, sql_dialect.replace(engine, table))
    return insert, str(insert.compile(engine))


def test_postgresql_gets_all_rows_as_one_text() -> None:
    text = bulk(POSTGRESQL, WORKOUT_SETS)[1]
    assert "json_to_recordset(" in text
    assert "reps INTEGER" in text
    assert "ON CONFLICT (session_id, number) DO UPDATE SET user_id = excluded.user_id" in text


@pytest.mark.parametrize(
    ("address", "table"),
    [("sqlite:////cloud.db", WORKOUT_SETS), ("mysql://gym@host/gym", WORKOUT_SETS), (POSTGRESQL, MEMBERS)],
)
def test_others_and_tables_with_json_get_row_by_row(address: str, table: sa.Table) -> None:
    assert bulk(address, table)[0].select is None


def test_the_text_holds_the_rows() -> None:
    sent: list[Any] = []

    class Connection:
        def execute(self, _insert: sa.Insert, values: Any) -> None:
            sent.append(values)

    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))
    insert = sql_dialect.in_bulk(sql_dialect.make_engine(POSTGRESQL), sa.insert(table))
    sql_dialect.write_rows(Connection(), insert, [{"a": 1, "b": "x"}, {"b": "y", "a": 2}])  # type: ignore[arg-type]
    sql_dialect.write_rows(Connection(), sa.insert(table), [{"a": 1, "b": "x"}])  # type: ignore[arg-type]
    assert sent == [{"rows": '[{"a":1,"b":"x"},{"b":"y","a":2}]'}, [{"a": 1, "b": "x"}]]
