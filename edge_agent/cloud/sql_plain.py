"""Keeps the plain rows of the SQL databases in step with `records`, within the transaction that changes those."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from edge_agent.cloud import sql_statements
from edge_agent.cloud.documents import KINDS, Document, Member, program_of
from edge_agent.cloud.rows import Row, member_stub, program_stub, row_of, set_rows
from edge_agent.cloud.sql_bulk import BulkInsert
from edge_agent.cloud.sql_statements import one_of
from edge_agent.cloud.sql_tables import MEMBERS, PLAIN, PROGRAMS, RECORDS, WORKOUT_SESSIONS, WORKOUT_SETS
from edge_agent.ownership import Owner
from edge_agent.records import Session

_PAGE = 500
"""Records read at a time when rows are made anew."""


class PlainRows:
    """Writes plain rows. Each method runs in a transaction of the caller."""

    def __init__(self, engine: sa.Engine) -> None:
        self._add_members = sql_statements.insert_missing(engine, MEMBERS)
        self._add_programs = sql_statements.insert_missing(engine, PROGRAMS)
        self._replace = {kind: sql_statements.replace(engine, table) for kind, table in PLAIN.items()}
        put_sessions = sql_statements.replace(engine, WORKOUT_SESSIONS, keep=["created_at"])
        self._put_sessions = BulkInsert(engine, put_sessions)
        self._put_sets = BulkInsert(engine, sa.insert(WORKOUT_SETS))

    def put(self, connection: sa.Connection, documents: Sequence[tuple[Document, datetime]]) -> None:
        """Write the rows of documents and when they came, and rows of owners of whom nothing has come yet."""
        if not documents:
            return
        self._add_owners(connection, [document for document, _ in documents])
        for kind, document_type in KINDS.items():
            its = [(one, received_at) for one, received_at in documents if isinstance(one, document_type)]
            rows = [_row(one, received_at) for one, received_at in its]
            if rows and kind == "session":
                self._put_sessions.write(connection, rows)
                self._replace_sets(connection, [one for one, _ in its if isinstance(one, Session)])
            elif rows:
                connection.execute(self._replace[kind], rows)

    def _replace_sets(self, connection: sa.Connection, sessions: Sequence[Session]) -> None:
        # A newer version may have fewer of them.
        ids = [one.session_id for one in sessions]
        connection.execute(sa.delete(WORKOUT_SETS).where(one_of(connection.engine, WORKOUT_SETS.c.session_id, ids)))
        rows = [row for one in sessions for row in set_rows(one)]
        if rows:
            self._put_sets.write(connection, rows)

    def _add_owners(self, connection: sa.Connection, documents: Sequence[Document]) -> None:
        members = {one.user_id: _name_of(one) for one in reversed(documents)}
        known = connection.scalars(
            sa.select(MEMBERS.c.userId).where(one_of(connection.engine, MEMBERS.c.userId, members))
        )
        missing = members.keys() - set(known)
        if missing:
            connection.execute(self._add_members, [member_stub(one, members[one]) for one in sorted(missing)])
        programs = {program_id: one.user_id for one in documents if (program_id := program_of(one))}
        if programs:
            stubs = [program_stub(one, programs[one]) for one in sorted(programs)]
            connection.execute(self._add_programs, stubs)

    def remove(self, connection: sa.Connection, entity: str, keys: Iterable[str]) -> None:
        """Delete rows; those of members and programs take along what refers to them."""
        table = PLAIN[entity]
        key = next(iter(table.primary_key))
        connection.execute(sa.delete(table).where(one_of(connection.engine, key, keys)))

    def hold_owned(self, connection: sa.Connection, owner: Owner) -> None:
        """Lock what `remove_owner` makes anew, before any row of it goes, until the transaction ends.

        Whoever is just deleting some of it is waited for: it would be read as alive, and its row outlive it.
        """
        query = sa.select(RECORDS.c.key).where(_owned_by(owner)).order_by(RECORDS.c.entity, RECORDS.c.key)
        connection.execute(query.with_for_update(read=True)).all()

    def remove_owner(self, connection: sa.Connection, owner: Owner) -> None:
        """Delete an owner's row with what refers to it, then make those anew that live on."""
        entity, key = owner
        self.remove(connection, entity, [key])
        self.make_anew(connection, _owned_by(owner))

    def make_anew(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
        """Write the rows of all living records that meet a condition; return how many."""
        count = 0
        for page in _living(connection, which):
            self.put(connection, page)
            count += len(page)
        return count


def _row(document: Document, received_at: datetime) -> Row:
    row = row_of(document)
    return row | {"created_at": received_at} if isinstance(document, Session) else row


def _owned_by(owner: Owner) -> sa.ColumnElement[bool]:
    entity, key = owner
    return (RECORDS.c.user_id if entity == "member" else RECORDS.c.program_id) == key


def _name_of(document: Document) -> str:
    match document:
        case Session():
            return document.user_name
        case Member():
            return document.name
        case _:
            return ""


def _living(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Iterator[list[tuple[Document, datetime]]]:
    query = sa.select(RECORDS.c.key, RECORDS.c.doc, RECORDS.c.received_at).order_by(RECORDS.c.key).limit(_PAGE)
    for kind, document_type in KINDS.items():
        last = ""
        while page := connection.execute(
            query.where(RECORDS.c.entity == kind, RECORDS.c.op == "put", RECORDS.c.key > last, which)
        ).all():
            yield [(msgspec.json.decode(text, type=document_type), received_at) for _, text, received_at in page]
            last = page[-1].key
