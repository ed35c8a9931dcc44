"""The change log in MongoDB. Without transactions, the numbers themselves keep the order: whoever lists something takes
the number after the highest there is, and of two at once one meets the other and takes the next.
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from edge_agent.cloud import change_log, versions
from edge_agent.cloud.change_log import START, Listing, Place
from edge_agent.cloud.mongo_readable import DUPLICATE_KEY, MOST_TRIES, Row, record_id, too_busy
from edge_agent.cloud.store import Delivery, Found

_PAGE = 500
_RECORD = dict.fromkeys(Listing.__struct_fields__, 1)


class MongoLog:
    """Implements `change_log.ChangeLog`. `working` is the store's."""

    def __init__(
        self, database: Database[Row], where: str, working: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._log = database["change_log"]
        # What others have just listed must be seen at once, or its numbers are met again and again.
        self._newest = self._log.with_options(read_concern=ReadConcern("local"))
        self._records = database["records"]
        self._bookmarks = database["bookmarks"]
        self._devices = database["devices"]
        self._where = where
        self._working = working

    def append(self, listings: Sequence[Listing]) -> int:
        """List what is not listed yet; return how many. Done twice, it is done once."""
        for _ in range(MOST_TRIES):
            new = self._unlisted(listings)
            if not new:
                return 0
            end, tag = self._end()[0], secrets.token_hex(4)
            rows = [_entry(one, end + number, tag) for number, one in enumerate(new, 1)]
            try:
                # In order: none is there without all before it.
                return len(self._log.insert_many(rows, ordered=True).inserted_ids)
            except BulkWriteError as error:
                if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
                    raise
        raise too_busy(self._where)

    def list_all(self) -> None:
        """List all records in a database that has had no log so far."""
        if self._end() != START:
            return
        page: list[Listing] = []
        for row in self._records.find({}, _RECORD).sort([("rev", 1), ("_id", 1)]).allow_disk_use(True):
            page.append(_listing(row))
            if len(page) == _PAGE:
                self.append(page)
                page = []
        self.append(page)

    def changes(self, after: str, limit: int, devices: Collection[str] | None = None) -> Found | None:
        begin = change_log.place(after)
        with self._working():
            end = self._end()
            if begin is None or not self._is_known(begin):
                return None
            found: list[tuple[str, Delivery]] = []
            entries: list[Row] = [{"_id": begin[0]}]
            while entries and len(found) <= limit:
                entries = self._entries(entries[-1]["_id"], end[0], devices)
                found += self._shown(entries, devices)
        more = len(found) > limit
        shown = [cursor for cursor, _ in found[:limit]]
        cursor = shown[-1] if more else change_log.behind(after, shown, end)
        return Found(changes=tuple(found[:limit]), cursor=cursor, more=more)

    def bookmark(self, name: str) -> str:
        with self._working():
            row = self._bookmarks.find_one({"_id": name})
        return row["value"] if row else ""

    def move_bookmark(self, name: str, before: str, after: str) -> bool:
        with self._working():
            if not before:
                self._bookmarks.update_one({"_id": name}, {"$setOnInsert": {"value": ""}}, upsert=True)
            known = {"_id": name, "value": before}
            return self._bookmarks.update_one(known, {"$set": {"value": after}}).matched_count > 0

    def gyms(self) -> dict[str, str]:
        with self._working():
            return self.gyms_there()

    def gyms_there(self) -> dict[str, str]:
        """Return the gyms while the store is working already."""
        return {row["_id"]: row["gym"] for row in self._devices.find()}

    def assign(self, gym: str, devices: Sequence[str]) -> None:
        with self._working():
            if not gym:
                self._devices.delete_many({"_id": {"$in": list(devices)}})
            elif devices:
                self._devices.bulk_write(
                    [UpdateOne({"_id": one}, {"$set": {"gym": gym}}, upsert=True) for one in devices]
                )

    def _unlisted(self, listings: Sequence[Listing]) -> list[Listing]:
        names = [record_id(one.entity, one.key) for one in listings]
        rows = self._newest.find({"record": {"$in": names}}, {"record": 1, "rev": 1, "op": 1}) if names else ()
        known = {(row["record"], row["rev"], row["op"]) for row in rows}
        return [one for one in listings if (record_id(one.entity, one.key), one.rev, one.op) not in known]

    def _end(self) -> Place:
        row = self._newest.find_one({}, {"tag": 1}, sort=[("_id", -1)])
        return (row["_id"], row["tag"]) if row else START

    def _is_known(self, place: Place) -> bool:
        return place == START or self._log.find_one({"_id": place[0], "tag": place[1]}) is not None

    def _entries(self, after: int, end: int, devices: Collection[str] | None) -> list[Row]:
        wanted: dict[str, Any] = {"_id": {"$gt": after, "$lte": end}}
        if devices is not None:
            wanted["device_id"] = {"$in": sorted(devices)}
        return list(self._log.find(wanted).sort("_id", 1).limit(_PAGE))

    def _shown(self, entries: Sequence[Row], devices: Collection[str] | None) -> list[tuple[str, Delivery]]:
        """Return the records whose newest version has one of these entries."""
        rows = self._records.find({"_id": {"$in": [entry["record"] for entry in entries]}}) if entries else ()
        there = {(row["_id"], row["rev"], row["op"]): row for row in rows}
        found = []
        for entry in entries:
            row = there.pop((entry["record"], entry["rev"], entry["op"]), None)
            # What another gym has written over since is not for this one.
            if row and (devices is None or row["device_id"] in devices):
                found.append((change_log.cursor((entry["_id"], entry["tag"])), versions.delivery(row)))
        return found


def _entry(one: Listing, number: int, tag: str) -> Row:
    record = {"record": record_id(one.entity, one.key), "rev": one.rev, "op": one.op, "device_id": one.device_id}
    return {"_id": number, "tag": tag, **record}


def _listing(row: Row) -> Listing:
    return Listing(**{name: row[name] for name in Listing.__struct_fields__})
