"""What `import` and `export` share: a journal with its transfers, composed as the agent composes them, and members."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from edge_agent.agent.figures import Figures
from edge_agent.agent.transfer.transfers import Place, Transfers
from edge_agent.agent.wall import WallClock
from edge_agent.agent.writing import Writer
from edge_agent.coaching.exercise import load_exercises
from edge_agent.config import Config
from edge_agent.errors import ConfigError
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.sync.clock import HybridClock


@contextmanager
def opened(journal: Journal, config: Config, *, trusts_exports: bool = False) -> Iterator[Transfers]:
    """Give the transfers of an open journal."""
    with JournalWorker(journal) as worker:
        clock = HybridClock(journal.device_id, journal.last_rev())
        writer = Writer(worker, clock, WallClock(config.time_zone), on_written=_nobody_listens)
        figures = Figures(worker, config, handed_over=lambda *_: False)
        place = Place(
            device_id=journal.device_id,
            zone=ZoneInfo(config.time_zone),
            body_weight_kg=config.session.body_weight_kg,
            trusts_exports=trusts_exports,
        )
        yield Transfers(place, load_exercises(), writer, figures)


def member_id(journal: Journal, told: str, config: Config) -> str:
    """Return a member's id, given it or their name. Raises `ConfigError` that names those who are known."""
    names = {key: str(journal.record("member", key).get("name", key)) for key in journal.record_keys("member")}
    if not names or told in names or told == config.session.user_id:
        return told
    found = [key for key, name in names.items() if name.casefold() == told.casefold()]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(f"{name} ({key})" for key, name in names.items()))
    raise ConfigError(f"--user: no member {told!r}; known: {known}")


def existing_folder(folder: Path) -> Path:
    """Return the folder if a journal is in it."""
    if not (folder / "journal").exists():
        raise ConfigError(f"{folder}: no journal is here yet; check storage.folder")
    return folder


def _nobody_listens() -> None:
    """The agent sends what was written when it starts."""
