"""The journal: TinyDB on a crash-safe append-only file. `TinyDB(path, storage=JournalStorage)` or `JournalDB(path)`."""

from edge_agent.journal.storage import JournalStorage
from edge_agent.journal.table import JournalDB, JournalTable

__all__ = ["JournalDB", "JournalStorage", "JournalTable"]
