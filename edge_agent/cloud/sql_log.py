"""The change log of the SQL databases. Whoever lists something holds the end of the log until the commit."""

import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from edge_agent.cloud import change_log, sql_statements, versions
from edge_agent.cloud.change_log import START, Listing, Place
from edge_agent.cloud.sql_bulk import BulkInsert
from edge_agent.cloud.sql_tables import BOOKMARKS, CHANGE_LOG, DEVICES, RECORDS
from edge_agent.cloud.store import Found

_IS_END = BOOKMARKS.c.name == "end"
_PAGE = 500

Transaction = Callable[[], AbstractContextManager[sa.Connection]]


class SqlLog:
    """Implements `change_log.ChangeLog`. `transaction` is the store's."""

    def __init__(self, engine: sa.Engine, transaction: Transaction) -> None:
        self._transaction = transaction
        self._add_bookmark = sql_statements.insert_missing(engine, BOOKMARKS)
        self._add_entries = BulkInsert(engine, sql_statements.insert_missing(engine, CHANGE_LOG))
        self._put_device = sql_statements.replace(engine, DEVICES)

    def append(self, connection: sa.Connection, listings: Sequence[Listing]) -> None:
        """List what is not listed yet, as the last step of the caller's transaction."""
        if not listings:
            return
        end = self._hold_end(connection)
        tag = secrets.token_hex(4)
        rows = [_row(one, end + number, tag) for number, one in enumerate(listings, 1)]
        self._add_entries.write(connection, rows)
        connection.execute(sa.update(BOOKMARKS).where(_IS_END).values(value=str(end + len(rows))))

    def list_all(self, connection: sa.Connection) -> None:
        """List all records in a database that has had no log so far."""
        if connection.scalar(sa.select(sa.func.max(CHANGE_LOG.c.number))):
            return
        place = sa.tuple_(RECORDS.c.rev, RECORDS.c.entity, RECORDS.c.key)
        columns = [getattr(RECORDS.c, name) for name in Listing.__struct_fields__]
        query = sa.select(*columns).order_by(RECORDS.c.rev, RECORDS.c.entity, RECORDS.c.key).limit(_PAGE)
        rows = connection.execute(query).all()
        while rows:
            self.append(connection, [Listing(**row._asdict()) for row in rows])
            last = rows[-1]
            rows = connection.execute(query.where(place > (last.rev, last.entity, last.key))).all()

    def changes(self, after: str, limit: int, devices: Collection[str] | None = None) -> Found | None:
        begin = change_log.place(after)
        with self._transaction() as connection:
            # The end is read first: all that is listed up to there is seen by the query that follows.
            end = _end(connection)
            if begin is None or not _is_known(connection, begin):
                return None
            rows = connection.execute(_query(begin, end, limit + 1, devices)).all()
        found = tuple((change_log.cursor((row.number, row.tag)), versions.delivery(row._asdict())) for row in rows)
        more = len(found) > limit
        shown = [cursor for cursor, _ in found[:limit]]
        cursor = shown[-1] if more else change_log.behind(after, shown, end)
        return Found(changes=found[:limit], cursor=cursor, more=more)

    def bookmark(self, name: str) -> str:
        with self._transaction() as connection:
            return connection.scalar(sa.select(BOOKMARKS.c.value).where(BOOKMARKS.c.name == name)) or ""

    def move_bookmark(self, name: str, before: str, after: str) -> bool:
        known = sa.and_(BOOKMARKS.c.name == name, BOOKMARKS.c.value == before)
        with self._transaction() as connection:
            if not before:
                connection.execute(self._add_bookmark, [{"name": name, "value": ""}])
            return connection.execute(sa.update(BOOKMARKS).where(known).values(value=after)).rowcount > 0

    def gyms(self) -> dict[str, str]:
        with self._transaction() as connection:
            return gyms(connection)

    def assign(self, gym: str, devices: Sequence[str]) -> None:
        with self._transaction() as connection:
            if gym:
                connection.execute(self._put_device, [{"device_id": one, "gym": gym} for one in sorted(devices)])
            else:
                connection.execute(sa.delete(DEVICES).where(DEVICES.c.device_id.in_(list(devices))))

    def _hold_end(self, connection: sa.Connection) -> int:
        query = sa.select(BOOKMARKS.c.value).where(_IS_END).with_for_update()
        end = connection.scalar(query)
        if end is None:
            connection.execute(self._add_bookmark, [{"name": "end", "value": "0"}])
            end = connection.scalar(query)
        return int(end or 0)


def gyms(connection: sa.Connection) -> dict[str, str]:
    """Return the gym of each device that was assigned to one."""
    return {row.device_id: row.gym for row in connection.execute(sa.select(DEVICES))}


def _row(one: Listing, number: int, tag: str) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in Listing.__struct_fields__}
    return {"number": number, "tag": tag, **fields}


def _end(connection: sa.Connection) -> Place:
    query = sa.select(CHANGE_LOG.c.number, CHANGE_LOG.c.tag).order_by(CHANGE_LOG.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.number, row.tag) if row else START


def _is_known(connection: sa.Connection, place: Place) -> bool:
    number, tag = place
    query = sa.select(CHANGE_LOG.c.tag).where(CHANGE_LOG.c.number == number)
    return place == START or connection.scalar(query) == tag


def _query(begin: Place, end: Place, limit: int, devices: Collection[str] | None) -> sa.Select[Any]:
    """Select records under the entry of their newest version: older entries show nothing."""
    same = [getattr(CHANGE_LOG.c, name) == getattr(RECORDS.c, name) for name in ("entity", "key", "rev", "op")]
    query = (
        sa.select(CHANGE_LOG.c.number, CHANGE_LOG.c.tag, RECORDS)
        .join(RECORDS, sa.and_(*same))
        .where(CHANGE_LOG.c.number > begin[0], CHANGE_LOG.c.number <= end[0])
        .order_by(CHANGE_LOG.c.number)
        .limit(limit)
    )
    if devices is None:
        return query
    # The record's as well: what another gym has written over since is not for this one.
    return query.where(CHANGE_LOG.c.device_id.in_(sorted(devices)), RECORDS.c.device_id.in_(sorted(devices)))
