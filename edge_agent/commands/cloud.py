"""`edge-agent cloud`: work on the cloud's database apart from the workers."""

import argparse

from edge_agent import log
from edge_agent.cloud.opening import store_at
from edge_agent.cloud.store import SCHEMA, Opened


def main(options: argparse.Namespace) -> int:
    """Make or upgrade the schema and say what was done."""
    log.configure("info")
    store = store_at(options.store)
    try:
        print(_words(store.open()))
    finally:
        store.close()
    return 0


def _words(opened: Opened) -> str:
    if opened.found is None:
        return f"made the schema, version {SCHEMA}"
    if opened.found == SCHEMA:
        return f"the schema is up to date, version {SCHEMA}"
    before = f"version {opened.found}" if opened.found else "an upgrade that had not ended"
    return f"upgraded the schema from {before} to version {SCHEMA}; made {opened.rewritten} plain rows anew"
