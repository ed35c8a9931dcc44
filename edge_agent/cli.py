"""The command line. One error boundary: what this program can explain is one line and exit status 2."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from edge_agent import __version__
from edge_agent.config import DEFAULT_FILE
from edge_agent.errors import EdgeError

_REFUSED_STATUS = 2
_LONGEST_WORKOUT_MINUTES = 24 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        # Each command is imported on demand: the agent must not load the native code that vision needs.
        command = importlib.import_module(f"edge_agent.commands.{options.module}")
        status: int = command.main(options)
        sys.stdout.flush()
    except (EdgeError, BaseExceptionGroup) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has had enough; at its end Python would complain about what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _refuse(error: BaseException) -> int:
    """Tell what can be explained, a line for each fault. Anything else is a mistake of ours and raised again."""
    cause = error
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    if not isinstance(cause, EdgeError):
        raise error
    for line in str(cause).splitlines():
        print(f"edge-agent: {line}", file=sys.stderr)
    return _REFUSED_STATUS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge-agent", description="The gym kiosk.")
    parser.add_argument("--version", action="version", version=f"edge-agent {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, words: str, *, with_config: bool = False) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(module=name)
        if with_config:
            words = f"settings (default: {DEFAULT_FILE}, where there is one)"
            command.add_argument("--config", type=Path, metavar="FILE", help=words)
        return command

    add("run", "run the kiosk: the agent and vision together", with_config=True)
    add("agent", "run the agent alone: counting, journal, web pages, sync", with_config=True)
    _vision(add("vision", "run vision alone: camera and pose inference", with_config=True))
    add("config", "check the settings and print what is in force", with_config=True)
    _log(add("log", "log a workout by answering questions, while the agent is stopped", with_config=True))
    _backup(add("backup", "write journal and session files to one file, also while the agent runs", with_config=True))
    _restore(add("restore", "put a backup in place, while the agent is stopped", with_config=True))
    _import(add("import", "take in workouts of other programs, while the agent is stopped", with_config=True))
    _export(add("export", "write a member's workouts to a file, also while the agent runs", with_config=True))
    _rebuild(add("rebuild", "make the journal from the session files alone", with_config=True))
    _members(add("members", "list the members, or let one set a new PIN, while the agent is stopped", with_config=True))
    _sync(add("sync", "show what waits for the cloud and what it refused; try again", with_config=True))
    _ingest(add("ingest", "run a cloud worker: from the broker into the database, receipts back"))
    _cloud(add("cloud", "work on the cloud's database"))
    _demo(add("demo", "show the whole product on this machine with a shipped clip"))
    _count(add("count", "count what is done in a film or a landmark track, faster than it lasts", with_config=True))
    _exercises(add("exercises", "list what can be counted", with_config=True))
    words = "measure how right the counts are, on recordings whose counts are known"
    _evaluate(add("evaluate", words, with_config=True))
    _models(add("models", "list, verify or build the pose models"))
    return parser


def _vision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--socket", type=Path, metavar="PATH", help="where the agent listens")
    parser.add_argument("--tied", action="store_true", help="end when standard input closes")
    parser.add_argument(
        "--film-started-s", type=float, metavar="S", help="monotonic time at which a file camera's film began"
    )


def _log(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user-id", metavar="ID", help="whose workout (default: session.user_id)")
    parser.add_argument("--user-name", metavar="NAME", help="their name (default: session.user_name)")
    parser.add_argument("--start", metavar="TIME", help="when it began, e.g. 2026-02-16T18:30 (default: now)")
    parser.add_argument("--minutes", type=_minutes, default=0.0, metavar="N", help="how long it took, if known")
    parser.add_argument("--phase", type=int, metavar="N", help="phase of the program")
    parser.add_argument("--week", type=int, metavar="N", help="week of the program")
    parser.add_argument("--deload", action=argparse.BooleanOptionalAction, help="whether it is a deload week")
    parser.add_argument("--focus", metavar="WORDS", help="e.g. upper-strength")


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0 <= minutes <= _LONGEST_WORKOUT_MINUTES:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {_LONGEST_WORKOUT_MINUTES}")
    return minutes


def _backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup, a zip file; an older backup is replaced")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="the folder of the journal (default: as set)")


def _restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where to restore (default: as set)")
    parser.add_argument("--force", action="store_true", help="set aside what is there")


def _import(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(module="import_files")
    words = "a file, a zip or a folder of files (formats: docs/interchange.md)"
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE|FOLDER", help=words)
    parser.add_argument("--user", required=True, metavar="ID", help="whose workouts: a member's id or name")
    known = ("hevy", "strong", "training_session_log", "sessions_json", "pose_summary", "markdown", "edge_agent")
    words = f"auto (default) looks into the file; else {', '.join(known)}"
    parser.add_argument("--format", choices=("auto", *known), default="auto", metavar="F", help=words)
    parser.add_argument("--dry-run", action="store_true", help="tell what would be imported, and keep nothing")
    words = "believe an export of this program as it is: what the camera counted counts as counted, ids stay"
    parser.add_argument("--as-measured", action="store_true", help=words)
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")


def _export(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(module="export_files")
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write; - is standard output")
    parser.add_argument("--user", required=True, metavar="ID", help="whose workouts: a member's id or name")
    words = "csv: a row a set; json: a zip of everything, can be imported again; fit: a zip of FIT activities"
    parser.add_argument("--format", choices=("csv", "json", "fit"), default="json", metavar="F", help=words)
    parser.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="the first day, e.g. 2026-02-16")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="the last day")
    parser.add_argument("--exercise", metavar="KEY", help="only workouts with this exercise")


def _rebuild(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, metavar="DIR", help="the folder that holds 'sessions' (default: as set)")
    parser.add_argument("--force", action="store_true", help="set aside the journal that is there")


def _members(parser: argparse.ArgumentParser) -> None:
    words = "print a one-time code with which a member, the owner too, sets a new PIN"
    parser.add_argument("--reset-code", metavar="NAME", help=words)


def _sync(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print it as one JSON object")
    parser.add_argument("--retry", action="store_true", help="try now instead of waiting for the next try")
    words = "send what the cloud refused again: one record, or all"
    parser.add_argument("--retry-refused", nargs="?", const="", metavar="KEY", help=words)


def _ingest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--broker", required=True, metavar="URL", help="mqtt://[user@]host[:port]")
    _store(parser)
    words = "a second database that is kept like the first, behind its back"
    parser.add_argument("--mirror", default="", metavar="URL", help=words)
    _broker_files(parser)
    levels = ("debug", "info", "warning", "error")
    parser.add_argument("--log-level", choices=levels, default="info", help="how much is logged (default: info)")
    parser.add_argument("--tied", action="store_true", help="end when standard input closes")


def _store(parser: argparse.ArgumentParser) -> None:
    words = "database, e.g. sqlite:////var/lib/cloud.db or postgresql://user@host/gym"
    parser.add_argument("--store", required=True, metavar="URL", help=words)


def _broker_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-file", default="", metavar="FILE", help="a file with the broker's password")
    parser.add_argument("--ca-file", default="", metavar="FILE", help="the CA of the broker's certificate")
    parser.add_argument("--cert-file", default="", metavar="FILE", help="a client certificate")
    parser.add_argument("--key-file", default="", metavar="FILE", help="and its key")


def _cloud(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", dest="action", required=True, metavar="ACTION")
    words = "make the schema or upgrade an older one, and say what was done"
    _store(actions.add_parser("migrate", help=words, description=words))
    words = "compare devices, store and mirror, list what differs and repair it"
    _reconcile(actions.add_parser("reconcile", help=words, description=words))
    words = "say which kiosks share their records: list the gyms, or put devices into one"
    gym = actions.add_parser("gym", help=words, description=words)
    _store(gym)
    gym.add_argument("gym", nargs="?", metavar="NAME", help="the gym; - takes the devices out of any")
    gym.add_argument("devices", nargs="*", metavar="DEVICE", help="ids, as this lists them")
    words = "print what a member's sessions add up to, or those of a gym's members together"
    _cloud_report(actions.add_parser("report", help=words, description=words))


def _reconcile(parser: argparse.ArgumentParser) -> None:
    _store(parser)
    parser.add_argument("--mirror", default="", metavar="URL", help="the second database")
    words = "mqtt://[user@]host[:port]; without it no device is asked"
    parser.add_argument("--broker", default="", metavar="URL", help=words)
    words = "only this device (may be given several times; default: all that are known or online)"
    parser.add_argument("--device", action="append", default=[], metavar="ID", help=words)
    parser.add_argument("--dry-run", action="store_true", help="only list")
    _broker_files(parser)


def _cloud_report(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(module="cloud_report")
    parser.add_argument("--store", required=True, metavar="URL", help="database, e.g. postgresql://user@host/gym")
    about = parser.add_mutually_exclusive_group(required=True)
    about.add_argument("--user", metavar="ID", help="the member")
    about.add_argument("--population", action="store_true", help="groups of five members and more, by gym and month")
    parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="the first day that counts")
    words = "where it is today (default: this machine's)"
    parser.add_argument("--timezone", default="", metavar="ZONE", help=words)
    parser.add_argument("--json", action="store_true", help="print it as one JSON object")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="end after one session and print it with its receipt")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    parser.add_argument("--camera", metavar="usb|PATH", help="a webcam or a video instead of the shipped clip")
    parser.add_argument("--exercise", default="squat", metavar="KEY", help="what to count (default: squat)")
    parser.add_argument("--port", type=int, metavar="N", help="port of the web pages (default: 8080 or a free one)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the demo keeps its data")


def _count(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a film (mp4, mov, gif, ...) or a track (.npz)")
    told = "what is done in it (default: recognised); 'edge-agent exercises' lists them"
    parser.add_argument("--exercise", metavar="KEY", help=told)
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    words = "write a film with skeleton, count and signal; .webm plays in browsers, .mp4 is written faster"
    parser.add_argument("--out", type=Path, metavar="FILE", help=words)
    parser.add_argument("--model", choices=("lite", "full"), default="lite", help="pose model (default: lite)")


def _exercises(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--names", action="store_true", help="print the keys only, one a line")


def _processes(text: str) -> int:
    processes = int(text)
    if processes < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return processes


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="recordings with known counts (docs/accuracy.md)")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--exercise-known", action="store_true", help="only with the exercise told (default: both)")
    told.add_argument("--recognised", action="store_true", help="only with the exercise recognised (default: both)")
    parser.add_argument("--perturb", metavar="NAMES", help="also under these, separated by commas, or 'all'")
    parser.add_argument("--baselines", action=argparse.BooleanOptionalAction, default=True, help="measure others too")
    words = "models of recognition that have not seen these people, from python -m bench.recognition --folds FILE"
    parser.add_argument("--models", type=Path, metavar="FILE", help=words)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep the landmarks of films there")
    parser.add_argument("--processes", type=_processes, default=2, metavar="N", help="work in N processes (default: 2)")


def _models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "verify", "build"))
    parser.add_argument("--from", dest="source", type=Path, metavar="DIR", help="build: a folder with the TFLite files")
    parser.add_argument("--out", type=Path, metavar="DIR", help="build: where to write (default: the package)")
