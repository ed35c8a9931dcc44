"""Random lives of a database against a model of plain dicts: whatever is done to it, it holds what the model holds.

In between it is opened again, compacted, cut at any byte of its last commit, and refused by a failing disk.
"""

import copy
import errno
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tinydb import where
from tinydb.operations import increment
from tinydb.table import Document

from edge_agent.errors import TemporaryError
from edge_agent.journal import JournalDB, JournalStorage
from tests.faulty_files import Fault, FaultyFiles

Fields = dict[str, Any]
Tables = dict[str, dict[int, Fields]]

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
documents = st.fixed_dictionaries({"n": st.integers(0, 3)}, optional={"value": _json})
tables = st.sampled_from(["_default", "b", "ü \n"])
numbers = st.integers(0, 3)


def text(fields: Fields) -> str:
    """Tell true from 1 and 1 from 1.0, which are equal in Python."""
    return json.dumps(fields, sort_keys=True)


class Machine(RuleBasedStateMachine):
    """`model` is what the database must hold; `before` is that without its last commit, which began at `start`."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "journal"
        self.files = FaultyFiles()
        self.db = JournalDB(self.path, self.files)
        self.model: Tables = {}
        self.highs: dict[str, int] = {}
        self.before: tuple[int, Tables, dict[str, int]] | None = None

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)

    # What TinyDB does. Each takes the tables of the model it changes.

    def _insert(self, name: str, fields: list[Fields], model: Tables) -> None:
        ids = self.db.table(name).insert_multiple(fields)
        assert min(ids) > self.highs.get(name, 0)
        model.setdefault(name, {}).update(zip(ids, copy.deepcopy(fields), strict=True))

    def _update(self, name: str, number: int, value: object, model: Tables) -> None:
        hit = [doc_id for doc_id, one in model.get(name, {}).items() if one["n"] == number]
        assert self.db.table(name).update({"value": value}, where("n") == number) == hit
        for doc_id in hit:
            model[name][doc_id]["value"] = value
        model.setdefault(name, {})

    def _increment(self, name: str, number: int, _value: object, model: Tables) -> None:
        self.db.table(name).update(increment("n"), where("n") == number)
        for one in model.setdefault(name, {}).values():
            one["n"] += one["n"] == number

    def _upsert(self, name: str, number: int, value: object, model: Tables) -> None:
        known = [doc_id for doc_id, one in model.get(name, {}).items() if one["n"] == number]
        with self.db.transaction():  # TinyDB updates, and then inserts what it did not find
            ids = self.db.table(name).upsert({"n": number, "value": value}, where("n") == number)
        assert ids == known or (not known and ids[0] > self.highs.get(name, 0))
        for doc_id in ids:
            model.setdefault(name, {}).setdefault(doc_id, {}).update(n=number, value=value)

    def _put(self, name: str, number: int, value: object, model: Tables) -> None:
        doc_id = 7 * number + 1
        with self.db.transaction():
            self.db.table(name).upsert(Document({"n": number, "value": value}, doc_id))
        model.setdefault(name, {}).setdefault(doc_id, {}).update(n=number, value=value)

    def _remove(self, name: str, number: int, _value: object, model: Tables) -> None:
        hit = [doc_id for doc_id, one in model.get(name, {}).items() if one["n"] == number]
        assert self.db.table(name).remove(where("n") == number) == hit
        model[name] = {doc_id: one for doc_id, one in model.get(name, {}).items() if doc_id not in hit}

    def _truncate(self, name: str, _number: int, _value: object, model: Tables) -> None:
        self.db.table(name).truncate()
        model[name] = {}

    def _commit(self, act: Callable[[Tables], None]) -> None:
        start, model = self.path.stat().st_size, copy.deepcopy(self.model)
        act(model)
        self.before = start, self.model, dict(self.highs)
        self._adopt(model)

    def _adopt(self, model: Tables) -> None:
        self.model = model
        for name, ids in model.items():
            self.highs[name] = max([self.highs.get(name, 0), *ids])

    OPERATIONS = (_update, _increment, _upsert, _put, _remove, _truncate)

    # Rules

    @rule(name=tables, fields=st.lists(documents, min_size=1, max_size=3))
    def insert(self, name: str, fields: list[Fields]) -> None:
        self._commit(lambda model: self._insert(name, fields, model))

    @rule(operation=st.sampled_from(OPERATIONS), name=tables, number=numbers, value=_json)
    def change(self, operation: Callable[..., None], name: str, number: int, value: object) -> None:
        self._commit(lambda model: operation(self, name, number, value, model))

    @rule(name=tables)
    def drop(self, name: str) -> None:
        def act(model: Tables) -> None:
            self.db.drop_table(name)
            model.pop(name, None)

        self._commit(act)

    @rule(
        work=st.lists(st.tuples(st.sampled_from(OPERATIONS), tables, numbers, _json), max_size=5), fails=st.booleans()
    )
    def transaction(self, work: list[tuple[Callable[..., None], str, int, object]], fails: bool) -> None:
        def act(model: Tables) -> None:
            with self.db.transaction():
                self._insert("b", [{"n": 0}], model)
                for operation, *arguments in work:
                    operation(self, *arguments, model)
                if fails:
                    raise KeyError("on purpose")

        if fails:
            with pytest.raises(KeyError, match="on purpose"):
                act(copy.deepcopy(self.model))
        else:
            self._commit(act)

    @rule(name=tables, value=documents, kind=st.sampled_from(["refused", "torn"]))
    def refused(self, name: str, value: Fields, kind: Any) -> None:
        self.files.fault = Fault(len(self.files.calls), kind, errno.ENOSPC)
        with pytest.raises(TemporaryError, match="disk is full"):
            self.db.table(name).insert(value)
        self.files.fault = None

    @rule(name=tables, value=documents)
    def not_synced(self, name: str, value: Fields) -> None:
        """A failed fsync leaves the commit there or not; what a reader then finds must stay."""
        self.files.fault = Fault(len(self.files.calls) + 1)
        with pytest.raises(TemporaryError, match="opened again"):
            self.db.table(name).insert(value)
        self.files.fault = None
        self.reopen()
        found = {one.doc_id: dict(one) for one in self.db.table(name)}
        if found != self.model.get(name, {}):
            new = max(found)
            assert found == self.model.get(name, {}) | {new: value}
            self._adopt(self.model | {name: found})

    @rule()
    def reopen(self) -> None:
        self.db.close()
        self.db, self.before = JournalDB(self.path, self.files), None

    @rule()
    def compact(self) -> None:
        self._log.compact()
        self.before = None

    @precondition(lambda self: self.before is not None)
    @rule(place=st.floats(0, 1), tail=st.binary(max_size=30))
    def crash(self, place: float, tail: bytes) -> None:
        """Cut the file within its last commit, and let the disk have put something else behind the cut."""
        assert self.before is not None
        start, model, highs = self.before
        self.db.close()
        whole = self.path.read_bytes()
        cut = start + round(place * (len(whole) - start))
        self.path.write_bytes(whole[:cut] + tail)
        if cut < len(whole) and not (whole[:cut] + tail).startswith(whole):
            self.model, self.highs = model, highs
        self.db, self.before = JournalDB(self.path, self.files), None

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert self.db.tables() == set(self.model)
        for name, wanted in self.model.items():
            table = self.db.table(name)
            assert {one.doc_id: text(one) for one in table} == {doc_id: text(one) for doc_id, one in wanted.items()}
            assert len(table) == len(wanted)

    @invariant()
    def the_file_holds_nothing_else(self) -> None:
        assert self._log.size == self.path.stat().st_size

    @property
    def _log(self) -> Any:
        assert isinstance(self.db.storage, JournalStorage)
        return self.db.storage.log


def live(examples: int, *, derandomize: bool) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_is_done_to_a_database_it_holds_what_the_model_holds() -> None:
    live(60, derandomize=True)


@pytest.mark.long
def test_new_lives_of_a_database_each_time() -> None:
    live(2000, derandomize=False)
