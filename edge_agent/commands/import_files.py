"""`edge-agent import`: take in workouts of other programs while the agent is stopped; the page /import does it else."""

import argparse
import asyncio
import io
import sys
import zipfile
from pathlib import Path

import msgspec

from edge_agent import service
from edge_agent.agent.transfer.transfers import Transfers
from edge_agent.commands.settings import from_options
from edge_agent.commands.transfers import member_id, opened
from edge_agent.errors import ConfigError
from edge_agent.interface.transfer import ImportReport
from edge_agent.journal.tables import Journal

_ENDINGS = (".csv", ".json", ".jsonl", ".md", ".markdown", ".txt")
_MOST_BYTES = 256_000_000
_TELL_EVERY_S = 0.1
_BAR = 30
_ROWS_TOLD = 40


def main(options: argparse.Namespace) -> int:
    """Print what became of each file; 1 when anything was refused. Raises `ConfigError` while an agent runs."""
    config = from_options(options)
    files = _contents(options.files)
    with Journal.open(service.state_folder(config.storage.folder)) as journal:
        user_id = member_id(journal, options.user, config)
        with opened(journal, config, trusts_exports=options.as_measured) as transfers:
            reports = asyncio.run(_import(transfers, files, user_id, options))
    if options.json:
        print(msgspec.json.encode(reports, enc_hook=str).decode())
    else:
        for report in reports:
            print("\n".join(_lines(report)))
    return 1 if any(report.refused or report.state == "failed" for report in reports) else 0


async def _import(
    transfers: Transfers, files: list[tuple[str, bytes]], user_id: str, options: argparse.Namespace
) -> list[ImportReport]:
    reports = []
    for name, content in files:
        begun = await transfers.start_import(user_id, name, content, options.format, dry_run=options.dry_run)
        ending = asyncio.create_task(transfers.finished(user_id, begun.import_id))
        while not (await asyncio.wait({ending}, timeout=_TELL_EVERY_S))[0]:
            _show_progress(name, await transfers.report(user_id, begun.import_id))
        _show_progress(name, await ending)
        _end_progress()
        reports.append(await ending)
    return reports


def _contents(paths: list[Path]) -> list[tuple[str, bytes]]:
    """Return the files to import: single ones and zips as they are, all others together, so that none counts twice."""
    found = [one for path in paths for one in _files(path)]
    alone = [one for one in found if one.suffix.casefold() == ".zip" or len(found) == 1]
    together = [one for one in found if one not in alone]
    contents = [(one.name, _read(one)) for one in alone]
    return [*contents, ("files", _zipped(together))] if together else contents


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.suffix.casefold() in _ENDINGS and one.is_file())
        if not found:
            raise ConfigError(f"{path}: holds no file that ends with {', '.join(_ENDINGS)}")
        return found
    return [path]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB; split it")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error


def _zipped(paths: list[Path]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in paths:
            archive.writestr(str(path), _read(path))
    return content.getvalue()


def _show_progress(name: str, report: ImportReport) -> None:
    """Draw a bar on a terminal; what reads a pipe wants only the end."""
    if not sys.stderr.isatty():
        return
    done = _BAR * report.done // report.total if report.total else 0
    words = f"{report.done} of {report.total}" if report.total else "reading"
    print(f"\r{name[:30]} [{'#' * done}{' ' * (_BAR - done)}] {words}  ", end="", file=sys.stderr, flush=True)


def _end_progress() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _lines(report: ImportReport) -> list[str]:
    verb = "Would import" if report.dry_run else "Imported"
    lines = [
        f"{verb}: {report.new} new; {report.known} known, {report.changed} differ from what is here, which stays; "
        f"{report.refused} refused"
    ]
    told = [row for row in report.rows if row.reason]
    lines += [f"  {row.outcome}: {row.where}: {row.reason}" for row in told[:_ROWS_TOLD]]
    if len(told) > _ROWS_TOLD:
        lines.append(f"  and {len(told) - _ROWS_TOLD} more; --json tells all")
    if report.trouble:
        lines.append(f"Not finished: {report.trouble}")
    return lines
