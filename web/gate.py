"""Finds out who asks: by bearer token, by the browser's sign-in, or by a remembered device, which signs in anew.

Each request is looked at once; the answer stays with it (`visitor_of`). Requests that change something and rely on a
cookie must show the token of their sign-in as well, which no other site's page can read.
"""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException

from edge_agent.config import MembersConfig
from edge_agent.errors import PermanentError
from edge_agent.interface import KioskAgent
from edge_agent.interface.people import Account, People, Person, SignInError
from edge_agent.members.rights import Asker, may_watch
from edge_agent.records import Record
from web import cookies
from web.cookies import AnyConnection
from web.own_screen import is_own_screen
from web.reader import read_by_member
from web.sign_ins import SignIn, SignIns

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_SHARED_S = 30.0
"""A page asks several things at once: they all come with the secret that the first of them has used up."""
_MAX_SHARED = 200


class Visitor(Record, frozen=True, kw_only=True):
    """Who asks, as far as it is known."""

    person: Person | None = None
    at_screen: bool = False
    is_shared: bool = False
    """Whether the next one uses the same screen: nothing may stay open there."""
    csrf_token: str = ""
    secret: str | None = None
    """Of the browser's sign-in."""
    bearer: str | None = None

    @property
    def asker(self) -> Asker:
        """Return what the rules of `members.rights` ask about."""
        if self.person is None:
            return Asker(here=self.at_screen)
        return Asker(user_id=self.person.user_id, role=self.person.role, here=self.at_screen)


class Gate:
    """Knows the agent's people, the browsers that are signed in, and who may see the live page."""

    def __init__(
        self,
        agent: KioskAgent,
        settings: MembersConfig,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.agent = agent
        self._settings = settings
        self.sign_ins = SignIns(clock)
        self._clock = clock
        self._recalls: dict[str, tuple[float, asyncio.Task[tuple[str, SignIn, str] | None]]] = {}

    @property
    def people(self) -> People:
        return self.agent.people

    async def meet(self, connection: AnyConnection) -> Visitor:
        """Return who asks. Raises 401 for a bad token, and 403 where the sign-in's own token is missing."""
        known: Visitor | None = connection.scope["state"].get("visitor")
        if known is None:
            known = await self._find_out(connection)
            connection.scope["state"]["visitor"] = known
        return known

    def open_sign_in(self, connection: AnyConnection, person: Person) -> Visitor:
        """Sign a browser in under a new secret; whatever it had before ends."""
        self.close_sign_in(connection)
        stranger = self._stranger(connection)
        last_workout = self.agent.live().last_session_id if stranger.is_shared else None
        secret, begun = self.sign_ins.begin(person.user_id, is_shared=stranger.is_shared, last_workout=last_workout)
        cookies.give(connection, cookies.SESSION, secret)
        visitor = msgspec.structs.replace(stranger, person=person, csrf_token=begun.csrf_token, secret=secret)
        connection.scope["state"]["visitor"] = visitor
        return visitor

    def close_sign_in(self, connection: AnyConnection) -> None:
        """Sign a browser out."""
        secret = cookies.read(connection, cookies.SESSION)
        if secret:
            self.sign_ins.end(secret)
        cookies.take_back(connection, cookies.SESSION)

    def may_watch(self, visitor: Visitor) -> bool:
        """Tell whether a visitor may see the running training."""
        everybody = self._settings.live == "everybody"
        return may_watch(visitor.asker, claimed=self.people.claimed, everybody=everybody)

    async def may_watch_on(self, visitor: Visitor) -> bool:
        """Tell the same about somebody who has watched for a while; watching counts as use."""
        if not await self._is_still_there(visitor):
            visitor = signed_out(visitor)
        return self.may_watch(visitor)

    async def _is_still_there(self, visitor: Visitor) -> bool:
        if visitor.bearer:
            try:
                await self.people.bearer(visitor.bearer)
            except SignInError:
                return False
            return True
        if visitor.secret is None:
            return True
        found = self._find(visitor.secret)
        if found and not found.is_shared:
            self.sign_ins.use(visitor.secret)
        return found is not None

    async def _find_out(self, connection: AnyConnection) -> Visitor:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return Visitor(person=await self._bearer(token.strip()), bearer=token.strip())
        signed_in = await self._signed_in(connection)
        if signed_in is None:
            return self._stranger(connection)
        secret, sign_in, account = signed_in
        if connection.scope.get("method") not in _READING:
            await _demand(connection, sign_in.csrf_token)
        if not sign_in.is_shared or _is_touch(connection):
            self.sign_ins.use(secret)
        read_by_member(account.profile)
        person = account.person
        stranger = self._stranger(connection)
        return msgspec.structs.replace(stranger, person=person, csrf_token=sign_in.csrf_token, secret=secret)

    def _stranger(self, connection: AnyConnection) -> Visitor:
        at_screen = is_own_screen(connection)
        return Visitor(at_screen=at_screen, is_shared=at_screen and self._settings.own_screen == "shared")

    async def _bearer(self, token: str) -> Person:
        try:
            return await self.people.bearer(token)
        except SignInError as error:
            headers = {"www-authenticate": 'Bearer error="invalid_token"'}
            raise NotAuthorizedException(detail=error.phrase, headers=headers) from error

    async def _signed_in(self, connection: AnyConnection) -> tuple[str, SignIn, Account] | None:
        secret = cookies.read(connection, cookies.SESSION)
        found = self._find(secret) if secret else None
        if secret is None or found is None:
            secret, found = await self._by_device(connection)
        if secret is None or found is None:
            return None
        try:
            return secret, found, await self.people.account(found.user_id)
        except PermanentError:
            self.sign_ins.end_all(found.user_id)
            return None

    def _find(self, secret: str) -> SignIn | None:
        """Return a sign-in that goes on; one at the kiosk's own screen ends with the workout."""
        found = self.sign_ins.find(secret)
        if found and found.is_shared and self.agent.live().last_session_id != found.last_workout:
            self.sign_ins.end(secret)
            return None
        return found

    async def _by_device(self, connection: AnyConnection) -> tuple[str | None, SignIn | None]:
        used = cookies.read(connection, cookies.DEVICE)
        recalled = await self._recall(used) if used else None
        if recalled is None:
            return None, None
        secret, begun, following = recalled
        cookies.give(connection, cookies.SESSION, secret)
        cookies.give(connection, cookies.DEVICE, following, cookies.DEVICE_S)
        return secret, begun if self.sign_ins.find(secret) else None

    async def _recall(self, used: str) -> tuple[str, SignIn, str] | None:
        """Sign a remembered device in, once for all requests that come together."""
        key, now_s = hashlib.sha256(used.encode()).hexdigest(), self._clock()
        for old in [one for one, (began_s, _) in self._recalls.items() if now_s - began_s > _SHARED_S]:
            del self._recalls[old]
        if key not in self._recalls:
            if len(self._recalls) >= _MAX_SHARED:
                del self._recalls[next(iter(self._recalls))]
            self._recalls[key] = (now_s, asyncio.create_task(self._sign_in_again(used), name="remembered device"))
        return await asyncio.shield(self._recalls[key][1])

    async def _sign_in_again(self, used: str) -> tuple[str, SignIn, str] | None:
        recalled = await self.people.recall(used)
        if recalled is None:
            return None
        person, following = recalled
        return (*self.sign_ins.begin(person.user_id), following)


def visitor_of(request: AnyConnection | None) -> Visitor | None:
    """Return who asks; None where nobody has looked."""
    return None if request is None else request.scope["state"].get("visitor")


def signed_out(visitor: Visitor) -> Visitor:
    """Return the same visitor without a name."""
    return Visitor(at_screen=visitor.at_screen, is_shared=visitor.is_shared)


def _is_touch(connection: AnyConnection) -> bool:
    """Tell whether somebody has done something: what scripts look up by themselves does not count."""
    return connection.scope.get("method") not in _READING or "text/html" in connection.headers.get("accept", "")


async def _demand(connection: AnyConnection, csrf_token: str) -> None:
    """Raise 403 unless the request shows the sign-in's token, in a header or as a field of a form."""
    shown = connection.headers.get("x-csrf-token", "")
    content_type = connection.headers.get("content-type", "")
    if not shown and content_type.startswith("application/x-www-form-urlencoded") and isinstance(connection, Request):
        form: Any = await connection.form()
        shown = str(form.get("csrf_token", ""))
    if not secrets.compare_digest(shown.encode(), csrf_token.encode()):
        raise PermissionDeniedException("this page is out of date; load it again")
