"""TinyDB's documented behaviour, on its own memory storage and on the journal with stock, cached and own tables.

The same test runs on each, so what differs from TinyDB can't go unseen; the few wanted differences stand at the end.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, TinyDB, where
from tinydb.middlewares import CachingMiddleware
from tinydb.operations import add, decrement, delete, increment, subtract
from tinydb.operations import set as set_field
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from edge_agent.journal import JournalDB, JournalStorage

BACKENDS = ["memory", "stock table", "cached stock table", "journal table"]


def cached() -> Any:
    """Return a storage class of its own: TinyDB's cache keeps what it holds there."""
    return CachingMiddleware(JournalStorage)  # type: ignore[no-untyped-call]


@pytest.fixture(params=BACKENDS)
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TinyDB]:
    path = tmp_path / "journal"
    if request.param == "memory":
        one = TinyDB(storage=MemoryStorage)
    elif request.param == "stock table":
        one = TinyDB(path, storage=JournalStorage)
    elif request.param == "cached stock table":
        one = TinyDB(path, storage=cached())
    else:
        one = JournalDB(path)
    with one:
        yield one


@pytest.fixture
def people(db: TinyDB) -> TinyDB:
    db.insert_multiple(
        [
            {"name": "Ann", "age": 30, "groups": [{"name": "staff"}, {"name": "sudo"}], "likes": ["tea", "rum"]},
            {"name": "Ben", "age": 41, "groups": [{"name": "staff"}], "address": {"city": "Pune", "zip": {"n": 7}}},
            {"name": "Cem", "age": 17, "groups": [], "likes": ["tea"], "none": None},
        ]
    )
    return db


def names(found: list[Document]) -> str:
    return "".join(one["name"][0] for one in found)


person = Query()

# Queries

QUERIES: list[tuple[Any, str]] = [
    (person.name == "Ann", "A"),
    (where("name") != "Ann", "BC"),
    (person["age"] < 30, "C"),
    (person.age <= 30, "AC"),
    (person.age > 30, "B"),
    (person.age >= 30, "AB"),
    ((person.age >= 30) & (person.name != "Ben"), "A"),
    ((person.age < 18) | (person.name == "Ann"), "AC"),
    (~(person.name == "Ann"), "BC"),
    (person.address.exists(), "B"),
    (person.none.exists(), "C"),
    (person.address.zip.n == 7, "B"),
    (where("address")["city"] == "Pune", "B"),
    (person.name.matches("^[ab]", flags=re.IGNORECASE), "AB"),
    (person.name.search("e[nm]"), "BC"),
    (person.age.test(lambda age, low, high: low < age < high, 17, 41), "A"),
    (person.likes.any(["rum", "gin"]), "A"),
    (person.likes.all(["tea"]), "AC"),
    (person.likes.all([]), "AC"),
    (person.groups.any(Query().name == "sudo"), "A"),
    (person.groups.all(Query().name == "staff"), "BC"),
    (person.groups.any(where("name") == "none"), ""),
    (person.name.one_of(["Ann", "Cem"]), "AC"),
    (person.fragment({"name": "Ben", "age": 41}), "B"),
    (person.address.fragment({"city": "Pune"}), "B"),
    (person.name.map(str.lower) == "ann", "A"),
    (person.likes.map(len) == 2, "A"),
    (person.noop(), "ABC"),
    (lambda document: document["age"] > 40, "B"),
]


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_a_query_finds_what_it_names(people: TinyDB, number: int) -> None:
    query, found = QUERIES[number]
    for _ in range(2):  # the second answer may come from a cache
        assert names(people.search(query)) == found
    assert people.count(query) == len(found)
    assert people.contains(query) is bool(found)
    first = people.get(query)
    assert (first["name"][0] if isinstance(first, Document) else "") == found[:1]


def test_an_empty_query_is_refused(people: TinyDB) -> None:
    with pytest.raises(RuntimeError):
        people.search(Query())


# Operations

OPERATIONS: list[tuple[Any, Mapping[str, Any]]] = [
    (delete("list"), {"n": 1}),
    (increment("n"), {"n": 2, "list": [1]}),
    (decrement("n"), {"n": 0, "list": [1]}),
    (add("n", 0.5), {"n": 1.5, "list": [1]}),
    (subtract("n", 3), {"n": -2, "list": [1]}),
    (set_field("n", "x"), {"n": "x", "list": [1]}),
    ({"new": {"in": 1}}, {"n": 1, "list": [1], "new": {"in": 1}}),
    (lambda document: document["list"].append(2), {"n": 1, "list": [1, 2]}),
    (lambda document: document.clear(), {}),
]


@pytest.mark.parametrize("number", range(len(OPERATIONS)))
@pytest.mark.parametrize("way", ["all", "ids", "query", "several"])
def test_an_update_does_what_its_operation_says(db: TinyDB, number: int, way: str) -> None:
    operation, wanted = OPERATIONS[number]
    db.insert({"n": 1, "list": [1]})
    if way == "several":
        assert db.update_multiple([(operation, where("n") == 1)]) == [1]
    else:
        how: dict[str, dict[str, Any]] = {"all": {}, "ids": {"doc_ids": [1]}, "query": {"cond": where("n") == 1}}
        assert db.update(operation, **how[way]) == [1]
    assert db.all() == [wanted]


def test_an_update_of_several_sees_what_the_one_before_it_did(db: TinyDB) -> None:
    db.insert_multiple([{"n": 1}, {"n": 2}])
    assert db.update_multiple([({"n": 2}, where("n") == 1), ({"hit": 1}, where("n") == 2)]) == [1, 1, 2]
    assert db.all() == [{"n": 2, "hit": 1}, {"n": 2, "hit": 1}]


def test_an_update_of_what_is_not_there_changes_nothing(db: TinyDB) -> None:
    db.insert({"n": 1})
    assert db.update({"n": 2}, where("n") == 9) == []
    assert db.update({"n": 2}, doc_ids=[9]) == []
    assert db.all() == [{"n": 1}]


def test_an_operation_that_fails_midway_changes_nothing(people: TinyDB) -> None:
    with pytest.raises(KeyError):
        people.update(delete("address"))
    with pytest.raises(KeyError):
        people.update(increment("nothing"), where("name") == "Ann")
    assert people.count(where("address").exists()) == 1


# Documents and ids


def test_inserted_documents_are_numbered_and_found(db: TinyDB) -> None:
    assert db.insert({"char": "a"}) == 1
    assert db.insert_multiple([{"char": "b"}, {"char": "c"}]) == [2, 3]
    assert db.insert_multiple({"char": char} for char in "de") == [4, 5]
    assert db.insert_multiple([]) == []
    assert "".join(one["char"] for one in db) == "abcde"
    assert [one.doc_id for one in db] == [1, 2, 3, 4, 5]
    assert len(db) == len(db.all()) == 5


def test_any_mapping_can_be_inserted_and_nothing_else(db: TinyDB) -> None:
    class Odd(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return {"hello": 1}[key]

        def __iter__(self) -> Iterator[str]:
            return iter(["hello"])

        def __len__(self) -> int:
            return 1

    db.insert(Odd())
    assert db.all() == [{"hello": 1}]
    for nothing in ({"a"}, [1], "text", 3):
        with pytest.raises(ValueError, match="Mapping"):
            db.insert(nothing)
    assert len(db) == 1


def test_an_insert_that_fails_half_way_changes_nothing(db: TinyDB) -> None:
    bad: Any = [{"n": 1}, "not a document"]
    with pytest.raises(ValueError, match="Mapping"):
        db.insert_multiple(bad)
    assert db.all() == []


def test_what_was_inserted_may_be_changed_afterwards_without_effect(db: TinyDB) -> None:
    fields = {"n": 1}
    db.insert(fields)
    fields["n"] = 2
    assert db.all() == [{"n": 1}]


def test_documents_may_bring_their_id_but_not_a_taken_one(db: TinyDB) -> None:
    assert db.insert(Document({"a": 1}, 5)) == 5
    with pytest.raises(ValueError, match="already exists"):
        db.insert(Document({"a": 2}, 5))
    with pytest.raises(ValueError, match="already exists"):
        db.insert_multiple([Document({"a": 2}, 6), Document({"a": 3}, 5)])
    assert db.insert({"a": 3}) == 6
    assert db.insert_multiple([Document({"a": 4}, 20), Document({"a": 5}, 10)]) == [20, 10]
    assert db.get(doc_id=10) == {"a": 5}


def test_documents_are_got_by_id(people: TinyDB) -> None:
    one = people.get(doc_id=2)
    assert isinstance(one, Document)
    assert (one["name"], one.doc_id) == ("Ben", 2)
    assert people.get(doc_id=9) is None
    assert people.get(where("name") == "nobody") is None
    assert people.get(doc_ids=[3, 9, 1]) == [people.get(doc_id=1), people.get(doc_id=3)]
    assert people.contains(doc_id=3)
    assert not people.contains(doc_id=4)
    for ask in (people.get, people.contains):
        with pytest.raises(RuntimeError):
            ask()


def test_upsert_updates_or_inserts(db: TinyDB) -> None:
    assert db.upsert({"k": "a", "v": 1}, where("k") == "a") == [1]
    assert db.upsert({"k": "a", "v": 2}, where("k") == "a") == [1]
    assert db.upsert(Document({"k": "b"}, 7)) == [7]
    assert db.upsert(Document({"v": 3}, 7)) == [7]
    assert db.upsert({"v": 4}, where("k").exists()) == [1, 7]
    with pytest.raises(ValueError, match="doc_id"):
        db.upsert({"no": "condition"})
    assert db.all() == [{"k": "a", "v": 4}, {"k": "b", "v": 4}]


def test_removal_reaches_only_what_it_names(db: TinyDB) -> None:
    db.insert_multiple([{"n": 1}, {"n": 2}, {"n": 3}, {"n": 3}])
    assert db.remove(where("n") == 3) == [3, 4]
    assert db.remove(where("n") == 3) == []
    assert db.remove(doc_ids=[1]) == [1]
    with pytest.raises(RuntimeError):
        db.remove()
    assert db.all() == [{"n": 2}]
    db.truncate()
    assert db.all() == []


def test_removing_an_id_that_is_not_there_removes_the_others(db: TinyDB) -> None:
    db.insert_multiple([{"n": 1}, {"n": 2}])
    assert db.remove(doc_ids=[1, 9]) == [1]
    assert db.all() == [{"n": 2}]


def test_documents_may_be_removed_while_walking_along(db: TinyDB) -> None:
    db.insert_multiple([{"n": n} for n in range(5)])
    for one in db:
        db.remove(doc_ids=[one.doc_id, one.doc_id + 1])
    assert len(db) == 0


# Tables


def test_tables_are_apart_and_can_be_dropped(db: TinyDB) -> None:
    db.table("one").insert({"n": 1})
    db.table("two").insert({"n": 2})
    db.table("empty", persist_empty=True)
    db.table("unused")
    assert db.tables() == {"one", "two", "empty"}
    assert db.table("one") is db.table("one")
    db.drop_table("one")
    db.drop_table("never there")
    assert db.table("one").all() == []
    assert db.table("two").all() == [{"n": 2}]
    db.drop_tables()
    assert db.tables() == set()
    assert db.table("two").all() == []


def test_the_database_is_its_default_table(db: TinyDB) -> None:
    db.insert({"n": 1})
    assert db.tables() == {"_default"}
    assert db.table("_default").all() == db.all() == [{"n": 1}]
    assert db.table(db.default_table_name).name == "_default"


@pytest.mark.parametrize("name", ["", "ü \n", '"quoted"', "[1,2", "a" * 1000])
def test_a_table_may_have_any_name(db: TinyDB, name: str) -> None:
    db.table(name).insert({"n": 1})
    assert db.tables() == {name}
    assert db.table(name).all() == [{"n": 1}]


def test_a_table_that_lost_all_its_documents_is_still_there(db: TinyDB) -> None:
    db.table("t").insert({})
    db.table("t").truncate()
    assert db.tables() == {"t"}


VALUES = [None, True, 0, -1, 2**70, 0.1, -0.0, 1e300, "", 'ü\u2028\x00\n\\"', [], [[1], {}], {"": {"ü": None}}]


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_a_value_comes_back_as_it_was(db: TinyDB, number: int) -> None:
    db.insert({"value": VALUES[number]})
    found = db.get(doc_id=1)
    assert isinstance(found, Document)
    assert json.dumps(found["value"]) == json.dumps(VALUES[number])


# After opening again


@pytest.mark.parametrize("kind", [lambda: JournalStorage, cached], ids=["plain", "cached"])
def test_everything_is_there_after_opening_again(tmp_path: Path, kind: Any) -> None:
    with TinyDB(tmp_path / "journal", storage=kind()) as db:
        db.insert_multiple([{"n": 1}, {"n": 2}])
        db.update({"n": 3}, doc_ids=[2])
        db.table("ünï \n").insert({"s": "ü\n\u2028"})
        db.table("gone").insert({})
        db.drop_table("gone")
    with JournalDB(tmp_path / "journal") as db:
        assert db.all() == [{"n": 1}, {"n": 3}]
        assert db.table("ünï \n").all() == [{"s": "ü\n\u2028"}]
        assert db.tables() == {"_default", "ünï \n"}


# Wanted differences


def test_own_tables_never_give_an_id_again(tmp_path: Path) -> None:
    with JournalDB(tmp_path / "journal") as db:
        db.insert_multiple([{}, {}])
        db.truncate()
        assert db.insert({}) == 3
