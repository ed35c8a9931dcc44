"""`edge-agent export`: a member's workouts as one file, also while the agent runs: then it is made from a copy."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from edge_agent import service
from edge_agent.agent.transfer.transfers import Transfers
from edge_agent.commands.settings import from_options
from edge_agent.commands.transfers import existing_folder, member_id, opened
from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.history.answers import Wanted
from edge_agent.journal.backup import back_up
from edge_agent.journal.files import lock
from edge_agent.journal.restore import restore
from edge_agent.journal.tables import Journal


def main(options: argparse.Namespace) -> int:
    """Write the file whole, or to standard output for `-`, and print what was written."""
    config = from_options(options)
    folder = existing_folder(service.state_folder(config.storage.folder))
    wanted = Wanted(since=options.since, until=options.until, exercise=options.exercise)
    with _readable(folder, options.out) as readable, Journal.open(readable) as journal:
        user_id = member_id(journal, options.user, config)
        with opened(journal, config) as transfers:
            size = _write(transfers, user_id, options, wanted)
    if str(options.out) != "-":
        print(f"Written: {options.out} ({size / 1e6:.1f} MB)")
    return 0


@contextmanager
def _readable(folder: Path, out: Path) -> Iterator[Path]:
    """Give the journal's folder, or one with a copy of it while an agent uses it."""
    try:
        os.close(lock(folder / "journal"))
    except ConfigError:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=None if str(out) == "-" else out.parent) as made:
            copy = Path(made)
            back_up(folder, copy / "copy.zip", datetime.now().astimezone().isoformat(timespec="seconds"))
            restore(copy / "copy.zip", copy / "state", force=False)
            yield copy / "state"
    else:
        yield folder


def _write(transfers: Transfers, user_id: str, options: argparse.Namespace, wanted: Wanted) -> int:
    """Return how many bytes were written."""
    if str(options.out) == "-":
        return asyncio.run(_copy(transfers, user_id, options, wanted, sys.stdout.buffer))
    temporary = options.out.with_name(f".{options.out.name}.new")
    try:
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                size = asyncio.run(_copy(transfers, user_id, options, wanted, file))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(options.out)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise TemporaryError(f"{options.out}: not written: {error.strerror or error}") from error
    return size


async def _copy(
    transfers: Transfers, user_id: str, options: argparse.Namespace, wanted: Wanted, file: IO[bytes]
) -> int:
    size = 0
    async for part in transfers.export(user_id, options.format, wanted):
        file.write(part)
        size += len(part)
    return size
