"""The cloud's records in MongoDB, through pymongo.

`records` is the truth, as in SQL; `workouts`, `users` and the others are made from it. No transactions: a standalone
server has none. Instead each step may be done twice and by several at once, in an order in which a kill between two
steps is made good by the kiosk's sending again: records first, then what deletions take along, then what people read.
The receipts come last.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bson.errors import BSONError
from pymongo import ReadPreference, UpdateOne
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from edge_agent.cloud import change_log, mongo_errors, mongo_schema, versions
from edge_agent.cloud.change_log import Listing
from edge_agent.cloud.mongo_documents import readable
from edge_agent.cloud.mongo_log import MongoLog
from edge_agent.cloud.mongo_readable import MOST_TRIES, Readable, Row, bulk, duplicates, record_id, too_busy
from edge_agent.cloud.mongo_reports import MongoReports
from edge_agent.cloud.store import Delivery, Opened, Outcome
from edge_agent.digests import DayDigest, Version
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.ownership import Owner

_MAJORITY_MS = 15_000
_ERASED: Row = {"op": "delete", "doc": None, "hash": versions.ERASED_HASH, "user_id": None, "program_id": None}


class MongoStore:
    """Implements `store.RecordStore`."""

    def __init__(self, uri: str, database: str = "") -> None:
        """Raises `ConfigError` for an address that can't be used; `database` is for one that names none."""
        self._client, name, self._where = mongo_errors.connect(uri, database)
        # What a failover could take back is neither counted as written nor read as being there.
        self._database = self._client.get_database(
            name,
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", j=True, wtimeout=_MAJORITY_MS),
        )
        self._records = self._database["records"]
        self._owners = self._database["owners"]
        self._readable = Readable(self._database, self._where)
        self.log = MongoLog(self._database, self._where, self._working)
        self.reports = MongoReports(self._database, self._working)
        self._ready = False

    def open(self) -> Opened:
        """Connect; make collections, validators and indexes. A newer schema is refused and left alone."""
        try:
            opened = mongo_schema.prepare(self._database, self._where)
            self.log.list_all()
        except PyMongoError as error:
            raise mongo_errors.open_error(error, self._where) from error
        self._ready = True
        return opened

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def write(self, deliveries: Sequence[Delivery], received_at: str, *, copied: bool = False) -> list[Outcome]:
        """Write newest versions, then read back what is there: that is what the receipts tell."""
        erasures = versions.erasures(deliveries)
        now = datetime.fromisoformat(received_at)
        with self._working():
            foreign = set() if copied else self._foreign(deliveries)
            newest = versions.newest(one for place, one in enumerate(deliveries) if place not in foreign)
            if not newest:
                return versions.outcomes(deliveries, {}, foreign)
            for one in newest:
                if one.document:
                    readable(one.document, one.change.rev)  # refuses before anything is written
            updates = [_note(owner, rev) for owner, rev in erasures.items()]
            bulk(self._owners, updates, self._where)
            self._put([_row(one, now) for one in newest])
            taken_along = self._take_along(sorted({*versions.owners(newest), *erasures}), erasures)
            there = self._readable.settle(newest)
            current = [one for one in newest if there[versions.name(one)] == versions.state(one)]
            self.log.append([*map(change_log.listing, current), *taken_along])
        return versions.outcomes(deliveries, there, foreign)

    def _foreign(self, deliveries: Sequence[Delivery]) -> set[int]:
        ids = sorted({record_id(*versions.name(one)) for one in deliveries if one.change.entity == "session"})
        rows = self._records.find({"_id": {"$in": ids}}, {"entity": 1, "key": 1, "device_id": 1}) if ids else ()
        homes = {(row["entity"], row["key"]): row["device_id"] for row in rows}
        return versions.foreign(deliveries, homes, self.log.gyms_there)

    def _put(self, rows: Sequence[Row]) -> None:
        for _ in range(MOST_TRIES):
            met = [rows[index] for index in duplicates(self._records, [_put(row) for row in rows])]
            if not met:
                return
            # It is older than what is there, or somebody put the same record at the same moment.
            found = self._records.find({"_id": {"$in": [row["_id"] for row in met]}}, {"rev": 1, "op": 1})
            there = {row["_id"]: _rank(row) for row in found}
            rows = [row for row in met if row["_id"] not in there or there[row["_id"]] < _rank(row)]
            if not rows:
                return
        raise too_busy(self._where)

    def _take_along(self, owners: Sequence[Owner], erasures: dict[Owner, str]) -> list[Listing]:
        """Erase what deleted owners own; return what that made of it, now or earlier.

        It reads after it wrote, as others do: of two at once, one sees the other.
        """
        names = {record_id(*owner): owner for owner in owners}
        listings: list[Listing] = []
        for one in self._owners.find({"_id": {"$in": list(names)}}):
            owner, rev = names[one["_id"]], one["erased_rev"]
            field = "user_id" if owner[0] == "member" else "program_id"
            older = {field: owner[1], "rev": {"$lt": rev}, "op": "put"}
            erased = {**_ERASED, "erased_with": one["_id"]}
            if self._records.update_many(older, {"$set": erased}).modified_count or owner in erasures:
                self._readable.remove_older(owner, rev)
                rows = self._records.find({"erased_with": one["_id"], "op": "delete", "rev": {"$lt": rev}})
                listings += [change_log.listing(versions.delivery(row)) for row in rows]
        return listings

    def devices(self) -> list[str]:
        """Return the devices that living records came from, sorted."""
        with self._working():
            return sorted(self._records.distinct("device_id", {"op": "put"}))

    def digests(self, device_id: str) -> list[DayDigest]:
        """Return a digest for each day with living records of the device, oldest first."""
        group = {"_id": "$day", "count": {"$sum": 1}, "total": {"$sum": "$mark"}}
        living = {"device_id": device_id, "op": "put"}
        with self._working():
            days = list(self._records.aggregate([{"$match": living}, {"$group": group}, {"$sort": {"_id": 1}}]))
        return [DayDigest(day=day["_id"], count=day["count"], total=day["total"]) for day in days]

    def versions(self, device_id: str, day: str) -> list[Version]:
        """Return the living records of one device and day, sorted by entity and key."""
        living = {"device_id": device_id, "day": day, "op": "put"}
        with self._working():
            rows = list(self._records.find(living, {"entity": 1, "key": 1, "rev": 1, "hash": 1}))
        found = [Version(entity=row["entity"], key=row["key"], rev=row["rev"], hash=row["hash"]) for row in rows]
        return sorted(found, key=lambda one: (one.entity, one.key))

    def read(self, names: Sequence[tuple[str, str]]) -> list[Delivery]:
        """Return what is there under these entities and keys."""
        with self._working():
            rows = list(self._records.find({"_id": {"$in": [record_id(*one) for one in names]}}))
        return sorted((versions.delivery(row) for row in rows), key=versions.name)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Check that the schema is ours. Raises `TemporaryError` and `PermanentError`."""
        if not self._ready:
            # Somebody may have restored or wiped the database.
            try:
                self.open()
            except ConfigError as error:
                raise TemporaryError(str(error)) from error
        try:
            mongo_schema.check_version(self._database, self._where)
            yield
        except TemporaryError:
            self._ready = False
            raise
        except (PyMongoError, BSONError, OverflowError, UnicodeEncodeError) as error:
            self._ready = False
            raise mongo_errors.write_error(error, self._where) from error


def _note(owner: Owner, rev: str) -> UpdateOne:
    return UpdateOne({"_id": record_id(*owner)}, {"$max": {"erased_rev": rev}}, upsert=True)


def _rank(row: Row) -> tuple[str, bool]:
    return row["rev"], row["op"] == "delete"


def _row(delivery: Delivery, now: datetime) -> Row:
    return {"_id": record_id(*versions.name(delivery)), **versions.row(delivery, now)}


def _put(row: Row) -> UpdateOne:
    """Replace an older version, or one with the same rev by a deletion; else it meets what is there.

    Without `$or`, for which not every server that speaks the protocol uses the index of `_id`.
    """
    older = {"$lte" if row["op"] == "delete" else "$lt": row["rev"]}
    return UpdateOne({"_id": row["_id"], "rev": older}, {"$set": row}, upsert=True)
