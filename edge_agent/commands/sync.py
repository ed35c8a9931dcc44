"""`edge-agent sync`: what waits for the cloud and what it refused, as the agent or the journal knows."""

import argparse
import http.client
from datetime import datetime
from typing import TypeVar

import msgspec

from edge_agent import service
from edge_agent.commands.settings import from_options
from edge_agent.config import Config
from edge_agent.errors import ConfigError
from edge_agent.journal.tables import Journal
from edge_agent.records import Record, SyncStatus

_ANSWER_WITHIN_S = 10.0
_KEY_WORDS = "run this as that user, with the same storage.folder"

R = TypeVar("R", bound=Record)


class _Agent(Record, frozen=True, kw_only=True):
    """Where a running agent answers, and what it is shown."""

    host: str
    port: int
    key: str


class _Retried(Record, frozen=True, kw_only=True):
    """How many refused records wait again."""

    retried: int


def main(options: argparse.Namespace) -> int:
    """Print the status after doing what was asked. Raises `ConfigError` when neither agent nor journal can be asked."""
    config = from_options(options)
    try:
        status = _ask_agent(config, options)
    except ConnectionRefusedError:
        status = _ask_journal(config, options)
    print(msgspec.json.encode(status).decode() if options.json else "\n".join(_lines(status)))
    return 0


def _ask_agent(config: Config, options: argparse.Namespace) -> SyncStatus:
    """Ask through the agent's own pages. Raises `ConnectionRefusedError` when no agent runs."""
    host = "127.0.0.1" if config.web.host in ("0.0.0.0", "") else config.web.host  # noqa: S104 - a comparison
    agent = _Agent(host=host, port=config.web.port, key=_key(config))
    if options.retry_refused is not None:
        answer = _call(agent, "/api/sync/retry-refused", {"key": options.retry_refused or None})
        _check_retried(options.retry_refused, _read(answer, _Retried, agent).retried)
    if options.retry:
        _call(agent, "/api/sync/retry", {})
    return _read(_call(agent, "/api/sync", None), SyncStatus, agent)


def _check_retried(key: str, count: int) -> None:
    if key and not count:
        raise ConfigError(f"--retry-refused {key}: the cloud has refused no record of this key; leave it out for all")


def _read(answer: bytes, kind: type[R], agent: _Agent) -> R:
    try:
        return msgspec.json.decode(answer, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_ours(agent) from error


def _key(config: Config) -> str:
    try:
        return service.command_key_file(service.state_folder(config.storage.folder)).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _call(agent: _Agent, path: str, body: dict[str, str | None] | None) -> bytes:
    """Return the answer's body; with `body` it is a POST."""
    connection = http.client.HTTPConnection(agent.host, agent.port, timeout=_ANSWER_WITHIN_S)
    headers = {"authorization": f"Bearer {agent.key}"} if agent.key else {}
    try:
        if body is None:
            connection.request("GET", path, headers=headers)
        else:
            headers["content-type"] = "application/json"
            connection.request("POST", path, msgspec.json.encode(body), headers)
        answer = connection.getresponse()
        content = answer.read()
    except ConnectionRefusedError:
        raise
    except (OSError, http.client.HTTPException) as error:
        address = f"{agent.host}:{agent.port}"
        raise ConfigError(f"the agent at {address} does not answer ({error}); look at its log") from error
    finally:
        connection.close()
    if answer.status == http.client.UNAUTHORIZED:
        raise ConfigError(f"the agent wants its own key, which only its user and root read: {_KEY_WORDS}")
    if answer.status != http.client.OK:
        raise _not_ours(agent)
    return content


def _not_ours(agent: _Agent) -> ConfigError:
    return ConfigError(
        f"what answers at {agent.host}:{agent.port} is not this kiosk's agent: check web.port or name its --config"
    )


def _ask_journal(config: Config, options: argparse.Namespace) -> SyncStatus:
    if options.retry:
        raise ConfigError("--retry: no agent is running; it tries at once when it starts")
    folder = service.state_folder(config.storage.folder)
    if not (folder / "journal").exists():
        raise ConfigError(f"{folder}: no journal is here yet, and no agent is running; check storage.folder")
    with Journal.open(folder) as journal:
        if options.retry_refused is not None:
            key = options.retry_refused
            _check_retried(key, journal.retry_refused([key] if key else None))
        counts = journal.counts()
        return SyncStatus(
            enabled=bool(config.sync.broker),
            connected=False,
            connection="No agent is running: nothing is sent",
            pending=counts.pending,
            handed_over=0,
            confirmed=counts.confirmed,
            refused=counts.refused,
            oldest_saved_at=counts.oldest_saved_at,
            refusals=tuple(journal.refusals()),
        )


def _lines(status: SyncStatus) -> list[str]:
    oldest = f" (the oldest since {_moment(status.oldest_saved_at)})" if status.oldest_saved_at else ""
    lines = [
        f"{'ALARM: ' if status.alarm else ''}{status.connection}",
        f"Waiting here: {status.pending}{oldest}",
        f"Handed over:  {status.handed_over}",
        f"Confirmed:    {status.confirmed}",
        f"Refused:      {status.refused}",
    ]
    lines += [
        f"  {one.entity} {one.key}{' (deletion)' if one.op == 'delete' else ''}: {one.reason}"
        for one in status.refusals
    ]
    if status.next_try_s is not None:
        lines.append(f"Next try in {status.next_try_s:.0f} s, after failing {status.attempts} times in a row")
    if status.fetched_at:
        lines.append(f"Changes of other kiosks last fetched: {_moment(status.fetched_at)}")
    return lines


def _moment(iso: str) -> str:
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S")
