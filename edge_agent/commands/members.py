"""`edge-agent members`: who is a member here, and a code for somebody who has forgotten their PIN."""

import argparse
import time
from datetime import datetime
from pathlib import Path

from edge_agent import service
from edge_agent.agent.people.directory import account_of, folded, put_reset_code
from edge_agent.commands.settings import from_options
from edge_agent.errors import ConfigError
from edge_agent.interface.people import Account
from edge_agent.journal.tables import Journal


def main(options: argparse.Namespace) -> int:
    """Print the members, or a code. Raises `ConfigError` while an agent uses the journal, or for an unknown name."""
    config = from_options(options)
    folder = service.state_folder(config.storage.folder)
    with _opened(folder) as journal:
        accounts = [account_of(journal.accounts, user_id) for user_id in journal.accounts.members]
        if options.reset_code is None:
            print("\n".join(_lines(accounts)))
        else:
            _give_code(journal, accounts, options.reset_code)
    return 0


def _opened(folder: Path) -> Journal:
    if not (folder / "journal").exists():
        raise ConfigError(f"{folder}: no journal is here yet; check storage.folder")
    try:
        return Journal.open(folder)
    except ConfigError as error:
        raise ConfigError(f"{error}; while it runs, its owner sees the members at /members") from error


def _give_code(journal: Journal, accounts: list[Account], name: str) -> None:
    named = [one for one in accounts if folded(one.name) == folded(name) or one.user_id == name]
    if len(named) != 1:
        told = "nobody is" if not named else f"{len(named)} members are"
        raise ConfigError(f"{told} called {name!r}; take a name or an id that 'edge-agent members' lists")
    code = journal.keep_accounts(lambda accounts: put_reset_code(accounts, named[0].user_id, time.time()))
    print(f"{named[0].name} sets a new PIN with the code {code}, once and within a day, on the page /sign-in")


def _lines(accounts: list[Account]) -> list[str]:
    if not accounts:
        return ["No members yet."]
    ordered = sorted(accounts, key=lambda one: folded(one.name))
    width = max(len(one.name) for one in ordered)
    return [f"{one.name:<{width}}  {one.role:<6}  {_since(one)}  {one.user_id}" for one in ordered]


def _since(account: Account) -> str:
    try:
        since = datetime.fromisoformat(account.created_at or "").date().isoformat()
    except ValueError:
        since = ""
    return f"{'PIN' if account.has_pin else 'no PIN':<6}  {since:<10}"
