"""Keeps what people read in MongoDB in step with `records`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from edge_agent.cloud import versions
from edge_agent.cloud.documents import KINDS, Document, Member
from edge_agent.cloud.mongo_documents import COLLECTIONS, readable
from edge_agent.cloud.store import Delivery
from edge_agent.errors import TemporaryError
from edge_agent.ownership import Owner
from edge_agent.records import Session

Row = dict[str, Any]
Operation = UpdateOne | ReplaceOne[Row] | DeleteOne

MOST_TRIES = 10
"""Of a write that meets others who write the same; each time one of them gets through."""

DUPLICATE_KEY = 11000
_STATE = {"entity": 1, "key": 1, "rev": 1, "hash": 1}


class Readable:
    """Makes the readable collections of `records`."""

    def __init__(self, database: Database[Row], where: str) -> None:
        self._database = database
        self._records = database["records"]
        self._where = where

    def settle(self, newest: Sequence[Delivery]) -> dict[versions.Name, versions.State]:
        """Make what is read of the records that were written, until those have not changed meanwhile.

        Also of those that were stale: whoever wrote the newer version may have been killed before this. Returns what
        is there.
        """
        ours = {versions.name(one): one for one in newest}
        there = self._states(ours)
        waiting = there
        for _ in range(MOST_TRIES):
            self._make(waiting, ours)
            again = self._states(waiting)
            waiting = {name: state for name, state in again.items() if state != there[name]}
            there |= again
            if not waiting:
                return there
        raise too_busy(self._where)

    def remove_older(self, owner: Owner, rev: str) -> None:
        """Delete what belongs to an owner and is older than a rev."""
        entity, key = owner
        kinds = (
            ("program", "session", "progress", "readiness", "check_in")
            if entity == "member"
            else ("progress", "check_in")
        )
        field = "user_id" if entity == "member" else "program_id"
        for kind in kinds:
            self._database[COLLECTIONS[kind]].delete_many({field: key, "rev": {"$lt": rev}})

    def _states(self, names: Iterable[versions.Name]) -> dict[versions.Name, versions.State]:
        rows = self._records.find({"_id": {"$in": [record_id(*one) for one in names]}}, _STATE)
        return {(row["entity"], row["key"]): (row["rev"], row["hash"]) for row in rows}

    def _make(self, states: Mapping[versions.Name, versions.State], ours: Mapping[versions.Name, Delivery]) -> None:
        others = [name for name, state in states.items() if state != versions.state(ours[name])]
        documents = {name: ours[name].document for name in states} | self._documents(others)
        operations: dict[str, list[Operation]] = defaultdict(list)
        for (entity, key), document in documents.items():
            operations[entity].append(
                ReplaceOne({"_id": key}, readable(document, states[entity, key][0]), upsert=True)
                if document
                else DeleteOne({"_id": key})
            )
        for entity, some in operations.items():
            bulk(self._database[COLLECTIONS[entity]], some, self._where)
        self._add_users([one for one in documents.values() if one and not isinstance(one, Member)])
        for user_id in sorted({_user_of(ours[name]) for name, one in documents.items() if not one} - {""}):
            self._keep_user(user_id)

    def _documents(self, names: Sequence[versions.Name]) -> dict[versions.Name, Document | None]:
        if not names:
            return {}
        rows = self._records.find({"_id": {"$in": [record_id(*one) for one in names]}})
        return {
            (row["entity"], row["key"]): msgspec.json.decode(row["doc"], type=KINDS[row["entity"]])
            if row["doc"]
            else None
            for row in rows
        }

    def _add_users(self, documents: Iterable[Document]) -> None:
        """Add users of whom no record has come yet."""
        users = {one.user_id: one.user_name if isinstance(one, Session) else "" for one in documents}
        if not users:
            return
        known = {one["_id"] for one in self._database["users"].find({"_id": {"$in": list(users)}}, {"_id": 1})}
        stubs = [
            UpdateOne({"_id": one}, {"$setOnInsert": {"user_id": one, "name": users[one]}}, upsert=True)
            for one in users.keys() - known
        ]
        bulk(self._database["users"], stubs, self._where)

    def _keep_user(self, user_id: str) -> None:
        """Keep the user of whom no record has come only while there is a record that needs one.

        It looks after it has deleted, and writers add after they have written: of two at once, one sees the other.
        """
        users = self._database["users"]
        for _ in range(MOST_TRIES):
            users.delete_one({"_id": user_id, "rev": {"$exists": False}})
            living = self._records.find_one({"user_id": user_id, "op": "put"})
            if not living:
                return
            self._add_users([msgspec.json.decode(living["doc"], type=KINDS[living["entity"]])])
            if self._records.find_one({"user_id": user_id, "op": "put"}, {"_id": 1}):
                return


def _user_of(delivery: Delivery) -> str:
    """Return whose the record is, or was when it was sent; empty if it does not say."""
    if delivery.document:
        return delivery.document.user_id
    return delivery.change.key if delivery.change.entity == "member" else ""


def record_id(entity: str, key: str) -> str:
    """Return the `_id` of a record, or of an owner."""
    return f"{entity}:{key}"


def too_busy(where: str) -> TemporaryError:
    """Return what to raise when others have been quicker each time."""
    return TemporaryError(f"database {where}: too many write the same records")


def bulk(collection: Collection[Row], operations: Sequence[Operation], where: str) -> None:
    """Do all; what meets another who inserts the same at that moment is done again."""
    for _ in range(MOST_TRIES):
        if not operations:
            return
        operations = [operations[index] for index in duplicates(collection, operations)]
    raise too_busy(where)


def duplicates(collection: Collection[Row], operations: Sequence[Operation]) -> list[int]:
    """Do all; return which found that somebody else has inserted the same key."""
    try:
        collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        faults = error.details["writeErrors"]
        if error.details["writeConcernErrors"] or any(one["code"] != DUPLICATE_KEY for one in faults):
            raise
        return [one["index"] for one in faults]
    return []
