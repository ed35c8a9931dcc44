"""Makes the collections, their validators and indexes. Each step may be done twice and by several at once."""

from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

from edge_agent.cloud.store import SCHEMA, Opened
from edge_agent.errors import ConfigError, TemporaryError

_Database = Database[dict[str, Any]]

_NAMESPACE_EXISTS = 48
_TEXT = {"bsonType": "string"}
_MOMENT = {"bsonType": "date"}
_NUMBER = {"bsonType": ["double", "int", "long", "null"]}
_COUNT = {"bsonType": ["int", "long"]}

_REQUIRED: dict[str, dict[str, Any]] = {
    "records": {"entity": _TEXT, "key": _TEXT, "rev": _TEXT, "hash": _TEXT, "op": {"enum": ["put", "delete"]}},
    "owners": {"erased_rev": _TEXT},
    "change_log": {"tag": _TEXT, "record": _TEXT, "rev": _TEXT, "op": _TEXT, "device_id": _TEXT},
    "bookmarks": {"value": _TEXT},
    "devices": {"gym": _TEXT},
    "users": {"user_id": _TEXT, "name": _TEXT},
    "workouts": {
        "user_id": _TEXT,
        "exercise": {"bsonType": ["string", "array"]},
        "start_time": _MOMENT,
        "end_time": _MOMENT,
        "duration": _NUMBER,
        "reps": _COUNT,
        "calories": _NUMBER,
        "notes": {"bsonType": ["string", "null"]},
        "source": {"enum": ["camera", "manual", "import"]},
    },
    "programs": {"user_id": _TEXT, "title": _TEXT, "program_json": {"bsonType": "object"}},
    "progress_logs": {"user_id": _TEXT, "program_id": _TEXT, "week_number": _NUMBER, "day_number": _NUMBER},
    "readiness_checks": {"user_id": _TEXT, "created_at": _MOMENT},
    "check_ins": {"user_id": _TEXT, "created_at": _MOMENT},
}
"""The fields that each document has, and their types; more are welcome."""

_INDEXES: dict[str, list[tuple[str, ...]]] = {
    "records": [("device_id", "day"), ("user_id", "rev"), ("program_id", "rev"), ("erased_with",)],
    "change_log": [("record",), ("device_id", "_id")],
    "workouts": [("user_id", "-start_time"), ("exercise",)],
    "programs": [("user_id",)],
    "progress_logs": [("user_id", "program_id"), ("week_number", "day_number"), ("completed", "completed_at")],
    "readiness_checks": [("user_id", "created_at")],
    "check_ins": [("user_id", "created_at")],
}
"""A minus is for descending."""


def prepare(database: _Database, where: str) -> Opened:
    """Make what is missing; return what was found. Raises `ConfigError` when the schema is a newer one."""
    found = _version(database)
    if found is not None and found > SCHEMA:
        raise ConfigError(f"database {where}: it is of schema version {found}: upgrade edge-agent")
    if found == SCHEMA and set(database.list_collection_names()) >= _REQUIRED.keys():
        return Opened(found=found)
    for name, fields in _REQUIRED.items():
        _make_collection(database, name, {"$jsonSchema": _schema(fields)})
        for fields_of_index in _INDEXES.get(name, ()):
            database[name].create_index([_direction(field) for field in fields_of_index])
    database["schema_version"].update_one({"_id": "schema"}, {"$max": {"version": SCHEMA}}, upsert=True)
    return Opened(found=found)


def check_version(database: _Database, where: str) -> None:
    """Raise `TemporaryError` when the schema is not ours."""
    found = _version(database)
    if found != SCHEMA:
        raise TemporaryError(f"database {where}: it is of schema version {found}, not {SCHEMA}")


def _version(database: _Database) -> int | None:
    there = database["schema_version"].find_one({"_id": "schema"})
    return None if there is None else int(there["version"])


def _make_collection(database: _Database, name: str, validator: dict[str, Any]) -> None:
    try:
        database.create_collection(name, validator=validator)
    except CollectionInvalid:
        database.command("collMod", name, validator=validator)
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
        database.command("collMod", name, validator=validator)


def _schema(fields: dict[str, Any]) -> dict[str, Any]:
    return {"bsonType": "object", "required": list(fields), "properties": fields}


def _direction(field: str) -> tuple[str, int]:
    return (field[1:], DESCENDING) if field.startswith("-") else (field, ASCENDING)
