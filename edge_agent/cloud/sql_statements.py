"""Statements that SQLite, PostgreSQL, MySQL and MariaDB spell each in its own way."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

_DELETE: sa.ColumnElement[str] = sa.literal_column("'delete'")
_PUT: sa.ColumnElement[str] = sa.literal_column("'put'")


def newer_wins(engine: sa.Engine, table: sa.Table, keys: Sequence[str]) -> sa.Insert:
    """Return an insert that replaces a row by one with a higher `rev`, or by a deletion with the same."""
    others = [column.name for column in table.columns if column.name not in keys]
    if engine.dialect.name in ("mysql", "mariadb"):
        # Assigned from left to right: once `rev` is new, the condition is over. VALUES() and no bound values, or the
        # driver sends row by row.
        condition = "VALUES(`rev`) > `rev` OR (VALUES(`rev`) = `rev` AND VALUES(`op`) = 'delete' AND `op` = 'put')"
        ordered = [*(name for name in others if name not in ("op", "rev")), "op", "rev"]
        taken = {name: f"IF({condition}, VALUES(`{name}`), `{name}`)" for name in ordered}
        return mysql.insert(table).on_duplicate_key_update(
            [(name, sa.literal_column(text)) for name, text in taken.items()]
        )
    insert = _insert(engine, table)
    new = insert.excluded
    wins = sa.or_(new.rev > table.c.rev, sa.and_(new.rev == table.c.rev, new.op == _DELETE, table.c.op == _PUT))
    return insert.on_conflict_do_update(index_elements=keys, set_={name: new[name] for name in others}, where=wins)


def replace(engine: sa.Engine, table: sa.Table, keep: Sequence[str] = ()) -> sa.Insert:
    """Return an insert that replaces the row under the same primary key, but for the columns in `keep`."""
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in (*keys, *keep)]
    if engine.dialect.name in ("mysql", "mariadb"):
        return mysql.insert(table).on_duplicate_key_update(
            [(name, sa.literal_column(f"VALUES(`{name}`)")) for name in others]
        )
    insert = _insert(engine, table)
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in others})


def insert_missing(engine: sa.Engine, table: sa.Table) -> sa.Insert:
    """Return an insert that leaves alone what is there."""
    key = next(iter(table.primary_key)).name
    if engine.dialect.name in ("mysql", "mariadb"):
        return mysql.insert(table).on_duplicate_key_update([(key, sa.literal_column(f"`{key}`"))])
    return _insert(engine, table).on_conflict_do_nothing()


def _insert(engine: sa.Engine, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if engine.dialect.name == "postgresql" else sqlite.insert(table)


def any_name(engine: sa.Engine, table: sa.Table, names: Sequence[tuple[str, str]]) -> sa.ColumnElement[bool]:
    """Return a condition that each database answers from the primary key, unlike one on pairs."""
    groups = groupby(sorted(names), lambda one: one[0])
    return sa.or_(
        *(
            sa.and_(table.c.entity == entity, one_of(engine, table.c.key, [key for _, key in group]))
            for entity, group in groups
        )
    )


def one_of(engine: sa.Engine, column: sa.Column[str], texts: Iterable[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of these values."""
    if engine.dialect.name == "postgresql":
        # One value whatever their number, or each number of them is another statement to parse and plan.
        return column == sa.any_(sa.literal(list(texts), postgresql.ARRAY(sa.Text)))
    return column.in_(list(texts))
