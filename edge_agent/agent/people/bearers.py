"""Whom bearer tokens speak for, with the issuer's keys: from a file, or from an address where they are kept up to date.

Keys are fetched in a thread and kept when the net is away, also over a restart.
"""

import asyncio
import contextlib
import logging
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge_agent.config import TokensConfig
from edge_agent.errors import ConfigError, PermanentError
from edge_agent.interface.people import SignInError
from edge_agent.journal.accounts import Accounts, KeySet
from edge_agent.journal.worker import JournalWorker
from edge_agent.members.tokens import Claims, TokenError, TokenRules, Tokens, UnknownKeyError

logger = logging.getLogger(__name__)

_FRESH_FOR_S = 3600.0
_ASK_AGAIN_AFTER_S = 60.0
_WITHIN_S = 5.0
_LARGEST = 256 * 1024

Fetch = Callable[[str], bytes]


class Bearers:
    """Belongs to one event loop."""

    def __init__(self, config: TokensConfig, journal: JournalWorker, fetch: Fetch | None = None) -> None:
        """Raises `ConfigError`."""
        self._url = config.jwks_url
        self._journal = journal
        self._fetch = fetch or fetch_keys
        rules = TokenRules(issuer=config.issuer, audience=config.audience)
        secret = _read("secret_file", config.secret_file).strip() if config.secret_file else None
        self._tokens = Tokens(rules, secret)
        self._asked_s = self._fetched_s = float("-inf")
        self._fetching = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None
        self._kept_is_read = False
        if config.jwks_file:
            try:
                self._tokens.use_keys(_read("jwks_file", config.jwks_file))
            except PermanentError as error:
                raise ConfigError(f"tokens.jwks_file: {config.jwks_file}: {error}") from error

    async def claims(self, token: str) -> Claims:
        """Return whom a token speaks for. Raises `SignInError`."""
        if self._url:
            await self._look_after_keys()
        try:
            try:
                return self._tokens.claims(token)
            except UnknownKeyError:
                await self._refresh()
                return self._tokens.claims(token)
        except TokenError as error:
            raise SignInError(error.phrase) from error

    async def close(self) -> None:
        if self._refreshing:
            self._refreshing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refreshing

    async def _look_after_keys(self) -> None:
        """Have keys, at first those of the last run, and fetch new ones when they are old."""
        if not self._kept_is_read:
            self._kept_is_read = True
            await self._use_kept()
        if self._fetched_s == float("-inf") and not self._tokens.has_keys:
            await self._refresh()
        elif self._is_stale and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh(), name="jwks")

    @property
    def _is_stale(self) -> bool:
        now_s = time.monotonic()
        return now_s - self._fetched_s > _FRESH_FOR_S and now_s - self._asked_s > _ASK_AGAIN_AFTER_S

    async def _use_kept(self) -> None:
        kept = await self._journal.ask(lambda journal: journal.accounts.key_set(self._url))
        if kept:
            with contextlib.suppress(PermanentError):
                self._tokens.use_keys(kept.jwks.encode())

    async def _refresh(self) -> None:
        """Fetch the keys unless that was tried a moment ago; the old ones stay when it fails."""
        async with self._fetching:
            if not self._url or time.monotonic() - self._asked_s <= _ASK_AGAIN_AFTER_S:
                return
            self._asked_s = time.monotonic()
            try:
                found = await asyncio.to_thread(self._fetch, self._url)
                self._tokens.use_keys(found)
            except (OSError, PermanentError) as error:
                logger.warning("tokens.jwks_url: %s: %s; the keys there are stay in use", self._url, error)
                return
            self._fetched_s = time.monotonic()
            row = KeySet(url=self._url, jwks=found.decode())

            def keep(accounts: Accounts) -> None:
                accounts.put(row)

            await self._journal.keep_accounts(keep)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys come from where the settings say, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def fetch_keys(url: str) -> bytes:
    """Return what is at an address that the settings have checked. Raises `OSError`."""
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(url, timeout=_WITHIN_S) as answer:
        content: bytes = answer.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise OSError("the answer is too long for a JWKS")
    return content


def _read(key: str, name: str) -> bytes:
    path = Path(name).expanduser()
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"tokens.{key}: {path}: cannot be read ({error.strerror})") from error
