"""`edge-agent cloud`: work on the cloud's database apart from the workers."""

import argparse
import asyncio
from contextlib import ExitStack

from edge_agent import log, wire
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.reconcile import Reconciliation, Result
from edge_agent.cloud.store import SCHEMA, Opened, RecordStore
from edge_agent.commands.ingest import broker_of
from edge_agent.errors import ConfigError

_DIFFERENCES_LEFT = 1
_PATIENCE_S = 60.0
"""Workers that are busy writing leave SQLite free again long before."""


def main(options: argparse.Namespace) -> int:
    """Do what was asked and say what was done."""
    log.configure("info" if options.action == "migrate" else "warning")
    with ExitStack() as stack:
        store, opened = _open(options.store, stack)
        match options.action:
            case "migrate":
                print(_words(opened))
            case "gym":
                _gym(store, options)
            case _:
                return _reconcile(store, options, stack)
    return 0


def _open(url: str, stack: ExitStack) -> tuple[RecordStore, Opened]:
    store = store_at(url, patience_s=_PATIENCE_S)
    stack.callback(store.close)
    return store, store.open()


def _words(opened: Opened) -> str:
    if opened.found is None:
        return f"made the schema, version {SCHEMA}"
    if opened.found == SCHEMA:
        return f"the schema is up to date, version {SCHEMA}"
    before = f"version {opened.found}" if opened.found else "an upgrade that had not ended"
    return f"upgraded the schema from {before} to version {SCHEMA}; made {opened.rewritten} plain rows anew"


def _gym(store: RecordStore, options: argparse.Namespace) -> None:
    if options.devices:
        gym = "" if options.gym == "-" else _gym_name(options.gym)
        store.log.assign(gym, [wire.check_device_id(one) for one in options.devices])
    gyms = store.log.gyms()
    for device_id in sorted({*gyms, *store.devices()}, key=lambda one: (gyms.get(one, "~"), one)):
        if options.gym in (None, "-", gyms.get(device_id)):
            print(f"{gyms.get(device_id, '-')}\t{device_id}")


def _gym_name(text: str) -> str:
    if not wire.is_device_id(text):
        raise ConfigError(f"gym {text!r}: use 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first")
    return text


def _reconcile(store: RecordStore, options: argparse.Namespace, stack: ExitStack) -> int:
    if options.mirror == options.store:
        raise ConfigError("the mirror is the store itself")
    if not options.mirror and not options.broker:
        raise ConfigError("nothing to compare the store with: give --mirror, --broker or both")
    mirror = _open(options.mirror, stack)[0] if options.mirror else None
    devices = [wire.check_device_id(one) for one in options.device]
    work = Reconciliation(store, mirror, print, repair=not options.dry_run)
    result = asyncio.run(work.run(broker_of(options) if options.broker else None, devices))
    print(_summary(result))
    return _DIFFERENCES_LEFT if result.left or result.silent else 0


def _summary(result: Result) -> str:
    if not result.found:
        words = "no differences"
    else:
        words = f"{result.found} differences, {result.found - result.left} repaired, {result.left} left"
    return f"{words}; {result.silent} devices not asked" if result.silent else words
