"""What a reader of the journal may find at any moment: the oracle of the tests of faults."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from edge_agent.journal.files import Files
from edge_agent.journal.lines import Change
from edge_agent.journal.log import Log
from tests.faulty_files import QuickFiles

S = TypeVar("S")

State = Mapping[str, Mapping[int, bytes]]
"""Table -> id -> document."""


def put(doc_id: int, text: bytes = b'{"a":1}', table: str = "t") -> Change:
    return Change("put", table, doc_id, text)


def records(path: Path, count: int) -> list[int]:
    """Write that many commits; return where each ended."""
    log = Log(path, QuickFiles())
    ends = []
    for number in range(count):
        log.append([put(number, b'{"n":%d}' % number)])
        ends.append(log.size)
    log.close()
    return ends


def after(state: State, changes: Iterable[Change]) -> State:
    """Return the state that the changes make of it."""
    tables = {name: dict(documents) for name, documents in state.items()}
    for change in changes:
        if change.op == "drop":
            tables.pop(change.table, None)
            continue
        documents = tables.setdefault(change.table, {})
        if change.op == "put":
            documents[change.doc_id] = change.document
        elif change.op == "delete":
            documents.pop(change.doc_id, None)
    return tables


def state_of(log: Log) -> State:
    """Return all that the log holds, each document read from its file."""
    return {table: {doc_id: log.read(table, doc_id) or b"" for doc_id in ids} for table, ids in log.tables.items()}


def state_in(path: Path, files: Files | None = None) -> State:
    """Open the journal, return all that it holds, and check that opening has settled whatever it found."""
    log = Log(path, files or QuickFiles())
    found = state_of(log)
    log.close()
    log = Log(path, QuickFiles())
    assert (state_of(log), log.damage) == (found, ())
    log.close()
    return found


class History(Generic[S]):
    """The states that are allowed, since when: the last acknowledged one, or that with what is under way, whole.

    `clock` counts what the file layer has done, so that any moment of the past can be asked for.
    """

    def __init__(self, clock: Callable[[], int], beginning: Sequence[S]) -> None:
        self._clock = clock
        self._marks: list[tuple[int, list[S]]] = [(0, list(beginning))]

    @property
    def state(self) -> S:
        """The last state that was acknowledged."""
        return self._marks[-1][1][0]

    def attempt(self, state: S, act: Callable[[], object]) -> None:
        """Do what leads to the state. What is refused may be found, but only whole, and only until the next success."""
        self._mark([*self._marks[-1][1], state])
        act()
        self._mark([state])

    def observe(self, state: S) -> None:
        """A reader was shown this state, so from now on it must stay."""
        assert state in self._marks[-1][1]
        self._mark([state])

    def allowed(self, moment: int) -> list[S]:
        """Return what may be found after a crash when the clock showed `moment`."""
        return next(states for since, states in reversed(self._marks) if since <= moment)

    def _mark(self, allowed: list[S]) -> None:
        self._marks.append((self._clock(), allowed))


def commit(history: History[State], log: Log, changes: list[Change]) -> None:
    """Append the changes to the log, and note in the history that it promised to keep them."""
    history.attempt(after(history.state, changes), lambda: log.append(changes))
