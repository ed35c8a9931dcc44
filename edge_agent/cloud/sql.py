"""The cloud's records in a SQL database, through SQLAlchemy: SQLite, PostgreSQL, MySQL and MariaDB.

One transaction for each batch. Whoever writes locks the owners of what is written first, then rows in the order of
their keys, so that workers wait for each other instead of meeting head on.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from edge_agent.cloud import change_log, sql_connecting, sql_errors, sql_log, sql_schema, sql_statements, versions
from edge_agent.cloud.change_log import Listing
from edge_agent.cloud.sql_bulk import BulkInsert
from edge_agent.cloud.sql_log import SqlLog
from edge_agent.cloud.sql_plain import PlainRows
from edge_agent.cloud.sql_reports import SqlReports
from edge_agent.cloud.sql_statements import any_name
from edge_agent.cloud.sql_tables import OWNERS, RECORDS
from edge_agent.cloud.store import Delivery, Opened, Outcome
from edge_agent.digests import DayDigest, Version
from edge_agent.errors import ConfigError, PermanentError, TemporaryError
from edge_agent.ownership import Owner

_STATE = sa.select(*(RECORDS.c[name] for name in ("entity", "key", "rev", "hash", "op", "device_id")))
_There = dict[versions.Name, sa.Row[Any]]


class SqlStore:
    """Implements `store.RecordStore`."""

    def __init__(self, url: str, patience_s: float = 0.0) -> None:
        """Raises `ConfigError` for a URL that names no database we can use."""
        self._engine = sql_connecting.make_engine(url, patience_s)
        self._where = sql_connecting.show(self._engine.url)
        self._ready = False
        self._plain = PlainRows(self._engine)
        self._upsert = BulkInsert(
            self._engine, sql_statements.newer_wins(self._engine, RECORDS, ["entity", "key"]), whole_documents=True
        )
        self._add_owners = sql_statements.insert_missing(self._engine, OWNERS)
        self.log = SqlLog(self._engine, self._transaction)
        self.reports = SqlReports(self._reading)

    def open(self) -> Opened:
        """Connect; make the schema or upgrade it. A newer one is refused and left alone."""
        try:
            opened = sql_schema.prepare(self._engine, self._plain, self._where)
            with self._engine.begin() as connection:
                self.log.list_all(connection)
        except sa.exc.DBAPIError as error:
            raise sql_errors.open_error(error, self._where) from error
        self._ready = True
        return opened

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def write(self, deliveries: Sequence[Delivery], received_at: str, *, copied: bool = False) -> list[Outcome]:
        """Write what is newer than what is there, then read that back: that is what the receipts tell."""
        erasures = versions.erasures(deliveries)
        now = datetime.fromisoformat(received_at)
        with self._transaction() as connection:
            erased = self._lock_owners(connection, deliveries, erasures)
            before = _read(connection, {versions.name(one) for one in deliveries})
            foreign = set() if copied else self._foreign(connection, deliveries, before)
            newest = versions.newest(one for place, one in enumerate(deliveries) if place not in foreign)
            # What comes again, as after a lost receipt, is not written again.
            fresh = [one for one in newest if _is_fresh(one, before.get(versions.name(one)))]
            written = self._upsert.write(connection, [versions.row(one, now) for one in fresh]) if fresh else 0
            taken_along = {owner: _erase(connection, owner, rev) for owner, rev in erased.items()}
            gone = {owner for owner, listings in taken_along.items() if listings}
            there = {known: (row.rev, row.hash) for known, row in before.items()}
            if gone or written != len(fresh):
                # Somebody was quicker, or a deletion has taken some of it along.
                after = _read(connection, [versions.name(one) for one in (newest if gone else fresh)])
                there |= {known: (row.rev, row.hash) for known, row in after.items()}
            else:
                there |= {versions.name(one): versions.state(one) for one in fresh}
            current = [one for one in fresh if there[versions.name(one)] == versions.state(one)]
            # Also what goes with its owner at once: it may have been somebody else's before.
            dead = [one for one in fresh if there[versions.name(one)] == (one.change.rev, versions.ERASED_HASH)]
            removed = sorted(gone | versions.erasures(current).keys())
            for owner in removed:
                self._plain.hold_owned(connection, owner)
            self._keep_plain(connection, current, dead, now)
            for owner in removed:
                self._plain.remove_owner(connection, owner)
            listings = [one for some in taken_along.values() for one in some]
            self.log.append(connection, [*map(change_log.listing, current), *listings])
        return versions.outcomes(deliveries, there, foreign)

    def _foreign(self, connection: sa.Connection, deliveries: Sequence[Delivery], before: _There) -> set[int]:
        homes = {known: row.device_id for known, row in before.items()}
        return versions.foreign(deliveries, homes, lambda: sql_log.gyms(connection))

    def _lock_owners(
        self, connection: sa.Connection, deliveries: Sequence[Delivery], erasures: dict[Owner, str]
    ) -> dict[Owner, str]:
        """Lock whoever is named, alone if anybody is to be deleted; return under which revs they were deleted."""
        owners = sorted({*versions.owners(deliveries), *erasures})
        if not owners:
            return {}
        query = sa.select(OWNERS).where(any_name(self._engine, OWNERS, owners)).order_by(OWNERS.c.entity, OWNERS.c.key)
        query = query.with_for_update(read=not erasures)
        known = connection.execute(query).all()
        if len(known) < len(owners):
            rows = [{"entity": entity, "key": key, "erased_rev": ""} for entity, key in owners]
            connection.execute(self._add_owners, rows)
            known = connection.execute(query).all()
        erased: dict[Owner, str] = {(row.entity, row.key): row.erased_rev for row in known if row.erased_rev}
        for owner, rev in erasures.items():
            if rev > erased.get(owner, ""):
                erased[owner] = rev
                its_row = any_name(self._engine, OWNERS, [owner])
                connection.execute(sa.update(OWNERS).where(its_row).values(erased_rev=rev))
        return erased

    def _keep_plain(
        self, connection: sa.Connection, current: Sequence[Delivery], dead: Sequence[Delivery], now: datetime
    ) -> None:
        for entity, group in groupby((one.change for one in dead), lambda change: change.entity):
            self._plain.remove(connection, entity, [change.key for change in group])
        self._plain.put(connection, [(one.document, now) for one in current if one.document])

    def devices(self) -> list[str]:
        """Return the devices that living records came from, sorted."""
        query = sa.select(RECORDS.c.device_id).where(RECORDS.c.op == "put").distinct()
        with self._transaction() as connection:
            return sorted(connection.scalars(query))

    def digests(self, device_id: str) -> list[DayDigest]:
        """Return a digest for each day with living records of the device, oldest first."""
        query = (
            sa.select(RECORDS.c.day, sa.func.count(), sa.func.sum(RECORDS.c.mark))
            .where(RECORDS.c.device_id == device_id, RECORDS.c.op == "put")
            .group_by(RECORDS.c.day)
            .order_by(RECORDS.c.day)
        )
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        return [DayDigest(day=day, count=count, total=int(total)) for day, count, total in rows]

    def versions(self, device_id: str, day: str) -> list[Version]:
        """Return the living records of one device and day, sorted by entity and key."""
        query = (
            sa.select(RECORDS.c.entity, RECORDS.c.key, RECORDS.c.rev, RECORDS.c.hash)
            .where(RECORDS.c.device_id == device_id, RECORDS.c.day == day, RECORDS.c.op == "put")
            .order_by(RECORDS.c.entity, RECORDS.c.key)
        )
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        return [Version(entity=entity, key=key, rev=rev, hash=digest) for entity, key, rev, digest in rows]

    def read(self, names: Sequence[tuple[str, str]]) -> list[Delivery]:
        """Return what is there under these entities and keys."""
        if not names:
            return []
        query = (
            sa.select(RECORDS).where(any_name(self._engine, RECORDS, names)).order_by(RECORDS.c.entity, RECORDS.c.key)
        )
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        return [versions.delivery(row._asdict()) for row in rows]

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        """Return a transaction in which all reads see one state, and that keeps no writer waiting."""
        return self._transaction(sql_connecting.reading(self._engine))

    @contextmanager
    def _transaction(self, engine: sa.Engine | None = None) -> Iterator[sa.Connection]:
        """Begin, check that the schema is still ours, and commit. Raises `TemporaryError` and `PermanentError`."""
        self._reopen()
        try:
            with (engine or self._engine).begin() as connection:
                sql_schema.check_version(connection, self._where)
                yield connection
        except TemporaryError:
            self._ready = False
            raise
        except (sa.exc.DBAPIError, OverflowError, UnicodeEncodeError) as error:
            meaning = sql_errors.write_error(error, self._where)
            self._ready = isinstance(meaning, PermanentError)
            raise meaning from error

    def _reopen(self) -> None:
        """Make the schema again if the database is no longer what it was: somebody may have restored or wiped it."""
        if self._ready:
            return
        # Connections from before may have died since: each would cost a try, and a longer pause after it.
        self._engine.dispose()
        try:
            self.open()
        except ConfigError as error:
            raise TemporaryError(str(error)) from error


def _erase(connection: sa.Connection, owner: Owner, rev: str) -> list[Listing]:
    """Take along what an owner owns and is older; return what that made of it."""
    entity, key = owner
    column = RECORDS.c.user_id if entity == "member" else RECORDS.c.program_id
    older = sa.and_(column == key, RECORDS.c.rev < rev, RECORDS.c.op == "put")
    columns = (RECORDS.c.entity, RECORDS.c.key, RECORDS.c.rev, RECORDS.c.device_id)
    # Their owner is locked, so nothing joins them meanwhile.
    rows = connection.execute(sa.select(*columns).where(older)).all()
    if rows:
        erased = {"op": "delete", "doc": None, "hash": versions.ERASED_HASH, "user_id": None, "program_id": None}
        connection.execute(sa.update(RECORDS).where(older).values(erased))
    return [Listing(op="delete", **row._asdict()) for row in rows]


def _read(connection: sa.Connection, names: Collection[versions.Name]) -> _There:
    if not names:
        return {}
    rows = connection.execute(_STATE.where(any_name(connection.engine, RECORDS, sorted(names))))
    return {(row.entity, row.key): row for row in rows}


def _is_fresh(delivery: Delivery, there: sa.Row[Any] | None) -> bool:
    return there is None or (there.rev, there.op == "delete") < versions.rank(delivery)
