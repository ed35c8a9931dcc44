"""What the journal's storage and tables add to TinyDB, whose own behaviour is tested in test_journal_parity.py."""

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB, where

from edge_agent.errors import PermanentError
from edge_agent.journal import JournalDB, JournalStorage, JournalTable
from edge_agent.journal.documents import DEEPEST
from tests.journal_parts import FailingFiles


class Letter(StrEnum):
    A = "a"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalDB]:
    with JournalDB(tmp_path / "journal") as one:
        yield one


def test_a_handed_out_document_can_not_change_the_store(journal: JournalDB) -> None:
    journal.insert({"list": [1]})
    for found in (journal.all(), journal.search(where("list").exists())):
        found[0]["list"].append(2)
    assert journal.all() == [{"list": [1]}]


def test_ids_are_never_used_again(tmp_path: Path) -> None:
    with JournalDB(tmp_path / "journal") as db:
        db.insert_multiple([{}, {}])
        db.remove(doc_ids=[2])
        assert db.insert({}) == 3
        db.truncate()
    with JournalDB(tmp_path / "journal") as db:
        assert db.insert({}) == 4
        db.drop_tables()
        assert db.insert({}) == 5


@pytest.mark.parametrize("value", [math.nan, -math.inf, [{"deep": math.nan}], {1, 2}, datetime.now(UTC), b"", object()])
def test_what_json_can_not_carry_is_refused_and_nothing_changes(journal: JournalDB, value: object) -> None:
    journal.insert({"a": 1})
    with pytest.raises((TypeError, ValueError)):
        journal.update({"a": value})
    assert journal.all() == [{"a": 1}]


@pytest.mark.parametrize(
    "value",
    [None, [None], (1, (2,)), {1: "a"}, 2**70, 5e-324, -0.0, 1e16, True, Letter.A, "ü\u2028\x7f\n"],
)
def test_what_json_can_carry_is_stored_as_the_standard_library_writes_it(journal: JournalDB, value: Any) -> None:
    journal.insert({"value": value})
    assert repr(journal.all()) == repr([json.loads(json.dumps({"value": value}))])


def test_a_document_that_holds_itself_is_refused(journal: JournalDB) -> None:
    document: dict[str, Any] = {}
    document["self"] = document
    with pytest.raises(ValueError, match="Circular"):
        journal.insert(document)


def nested(levels: int) -> dict[str, Any]:
    """A document of so many levels, in turns of lists and objects."""
    value: Any = 1
    for level in range(levels - 1):
        value = [value, {}] if level % 2 else {"in": value}
    return {"top": value}


def test_a_deep_document_is_kept_and_read_at_the_next_start(tmp_path: Path) -> None:
    with JournalDB(tmp_path / "journal") as db:
        db.insert(nested(DEEPEST))
    with JournalDB(tmp_path / "journal") as db:
        assert db.all() == [nested(DEEPEST)]


@pytest.mark.parametrize("levels", [DEEPEST + 1, 500, 980, 100_000])
def test_a_document_too_deep_to_be_read_for_certain_is_refused_in_words(journal: JournalDB, levels: int) -> None:
    with pytest.raises(PermanentError, match="nested more than 100 levels"):
        journal.insert(nested(levels))
    assert journal.all() == []


def test_a_document_of_many_lists_is_not_taken_for_a_deep_one(journal: JournalDB) -> None:
    journal.insert({"lists": [[] for _ in range(1000)]})
    assert len(journal.all()[0]["lists"]) == 1000


@pytest.mark.parametrize("kind", [PermanentError, ValueError])
@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}])
def test_what_json_can_not_carry_is_a_permanent_error_and_a_value_error(
    journal: JournalDB, value: object, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="JSON can't carry"):
        journal.insert({"a": value})


def test_an_update_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    files = FailingFiles()
    with JournalDB(tmp_path / "journal", files) as db:
        db.insert_multiple([{"n": 1}, {"n": 2}])
        files.written = 0
        db.update({"n": 2}, where("n") == 2)
        assert files.written == 0


@pytest.mark.parametrize("kind", [TinyDB, JournalDB])
def test_the_bytes_of_an_insert_do_not_depend_on_the_number_of_documents(tmp_path: Path, kind: type[TinyDB]) -> None:
    files = FailingFiles()
    with kind(tmp_path / "journal", files, storage=JournalStorage) as db:
        db.insert_multiple([{"n": n} for n in range(1000)])
        before = files.written
        db.insert({"n": 1000})
        assert files.written - before == len('00000000 42 [1,2,1,1,"put","_default",1001,{"n":1000}]\n')


def test_an_insert_reads_no_document(journal: JournalDB, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.insert_multiple([{"n": n} for n in range(10)])
    monkeypatch.setattr(JournalStorage, "raw", None)
    assert journal.insert({"n": 10}) == 11


def test_a_transaction_over_tables_is_one_commit(tmp_path: Path) -> None:
    files = FailingFiles()
    with JournalDB(tmp_path / "journal", files) as db:
        files.calls.clear()
        with db.transaction():
            db.table("a").insert({"n": 1})
            db.table("b").insert({"n": 2})
            db.table("a").update({"n": 3})
            assert db.table("a").all() == [{"n": 3}]
        assert files.calls == ["pwrite", "fdatasync"]
        assert db.table("a").all() == [{"n": 3}]


def test_a_transaction_that_fails_leaves_nothing_behind(journal: JournalDB) -> None:
    journal.insert({"n": 1})

    def fail() -> None:
        with journal.transaction():
            journal.truncate()
            journal.table("b").insert({"n": 2})
            raise KeyError("midway")

    with pytest.raises(KeyError, match="midway"):
        fail()
    assert journal.all() == [{"n": 1}]
    assert journal.table("b").all() == []


def test_a_transaction_is_whole_or_absent_wherever_the_file_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with JournalDB(path) as db:
        db.insert({"n": 0})
        start = path.stat().st_size
        with db.transaction():
            db.insert({"n": 1})
            db.table("b").insert({"n": 1})
    whole = path.read_bytes()
    for cut in range(start, len(whole)):
        path.write_bytes(whole[:cut])
        with JournalDB(path) as db:
            assert db.all() == [{"n": 0}]
            assert db.table("b").all() == []


def test_watchers_hear_of_what_was_there_and_of_what_was_committed(journal: JournalDB) -> None:
    heard: list[tuple[int, Any, Any]] = []
    table = journal.table("t")
    assert isinstance(table, JournalTable)
    table.insert({"n": 1})
    table.watch(dict[str, Any], lambda doc_id, old, new: heard.append((doc_id, old, new)))
    with journal.transaction():
        table.update({"n": 2})
        assert len(heard) == 1
    table.remove(doc_ids=[1])
    assert heard == [(1, None, {"n": 1}), (1, {"n": 1}, {"n": 2}), (1, {"n": 2}, None)]
