"""The members as the journal has them: found by id and by name, made and changed."""

import asyncio
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from edge_agent.agent.writing import Fields, Writer
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Account, Profile, Role, member_document
from edge_agent.journal.accounts import Access, Accounts
from edge_agent.members.codes import code_hash, new_code
from edge_agent.sync.clock import unix_ms_of

T = TypeVar("T")

_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
"""Latin letters that are no others with an accent."""
_LONGEST_NAME = 60
_FIELDS = frozenset(Profile.__struct_fields__)
_RESET_LASTS_S = 24 * 3600.0


class Directory:
    """Belongs to one event loop; all that reads or writes happens in the journal's thread."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.one_at_a_time = asyncio.Lock()
        """Held while names, owners or the claim are looked at and changed."""

    async def account(self, user_id: str) -> Account:
        """Raises `PermanentError` when nobody is known under that id."""
        return await self.ask(lambda accounts: account_of(accounts, user_id))

    async def accounts(self) -> tuple[Account, ...]:
        """Return all members by name."""
        return await self._some(lambda accounts: accounts.members)

    async def with_role(self, role: Role) -> tuple[Account, ...]:
        """Return those with a role, by name."""
        return await self._some(lambda accounts: [one.user_id for one in accounts.all_access() if one.role == role])

    async def sharing_with(self, coach_id: str) -> tuple[Account, ...]:
        """Return those who share with a coach, by name."""
        return await self._some(
            lambda accounts: [
                user_id
                for user_id, fields in accounts.members.items()
                if isinstance(fields.profile, dict) and coach_id in (fields.profile.get("coaches") or ())
            ]
        )

    async def _some(self, choose: Callable[[Accounts], Iterable[str]]) -> tuple[Account, ...]:
        found = await self.ask(
            lambda accounts: [account_of(accounts, one) for one in choose(accounts) if one in accounts.members]
        )
        return tuple(sorted(found, key=lambda one: (folded(one.name), one.user_id)))

    async def left_at(self, user_id: str) -> float | None:
        """Return when a member was deleted, here or elsewhere, in Unix seconds; None while there is no deletion."""
        deletion = await self.writer.journal.ask(lambda journal: journal.deletion("member", user_id))
        return unix_ms_of(deletion.rev) / 1000 if deletion else None

    async def named(self, name: str) -> list[Account]:
        """Return whoever has that name, however it is capitalised: on two kiosks it may have been given twice."""
        return await self.ask(lambda accounts: _named(accounts, folded(name)))

    async def free_name(self, wanted: str) -> str:
        """Return a name that nobody has, as like the wanted one as can be."""
        try:
            name = sound_name(wanted[:50])
        except PermanentError:
            name = "API"
        number, free = 1, name
        while await self.named(free):
            number += 1
            free = f"{name} {number}"
        return free

    async def access(self, user_id: str) -> Access:
        return await self.ask(lambda accounts: accounts.access(user_id))

    async def ask(self, question: Callable[[Accounts], T]) -> T:
        return await self.writer.journal.ask(lambda journal: question(journal.accounts))

    async def keep(self, change: Callable[[Accounts], T]) -> T:
        """Change what is kept of this kiosk alone."""
        return await self.writer.journal.keep_accounts(change)

    async def change_access(self, user_id: str, **fields: Any) -> None:
        """Change how a member signs in here."""
        await self.keep(lambda accounts: accounts.put(msgspec.structs.replace(accounts.access(user_id), **fields)))

    async def add(self, account: Account, pin_hash: str | None, *, wait_for_cloud: bool) -> None:
        """Make a new member. Raises `PermanentError` for a name that is taken."""
        await self.check_free(account.name, account.user_id)
        access = Access(user_id=account.user_id, role=account.role, pin_hash=pin_hash)
        await self.writer.add_member(member_document(account), access, wait_for_cloud=wait_for_cloud)

    async def check_free(self, name: str, user_id: str) -> None:
        """Raises `PermanentError` when anybody else has a name."""
        if any(one.user_id != user_id for one in await self.named(name)):
            raise PermanentError("the name {name!r} is taken; choose another one", name=name)

    async def rename(self, user_id: str, name: str) -> Account:
        await self.check_free(name, user_id)
        await self.writer.revise("member", user_id, lambda doc: doc | {"name": name})
        return await self.account(user_id)

    async def change_profile(self, user_id: str, change: Callable[[Profile], Profile]) -> Account:
        """Change a profile, with nothing in between; what a newer program has added to it stays."""

        def with_profile(doc: Fields) -> Fields:
            before = doc.get("profile")
            fields = msgspec.to_builtins(change(_profile(before)))
            return doc | {"profile": (before if isinstance(before, dict) else {}) | fields}

        await self.writer.revise("member", user_id, with_profile)
        return await self.account(user_id)


def put_reset_code(accounts: Accounts, user_id: str, now_s: float) -> str:
    """Return a one-time code with which a member sets a new PIN here within a day; `now_s` is Unix time."""
    code = new_code()
    access = accounts.access(user_id)
    accounts.put(msgspec.structs.replace(access, reset_hash=code_hash(code), reset_until=now_s + _RESET_LASTS_S))
    return code


def account_of(accounts: Accounts, user_id: str) -> Account:
    """Return a member. Raises `PermanentError` when there is none."""
    fields = accounts.members.get(user_id)
    if fields is None:
        raise PermanentError("no member {user_id!r} is known here", user_id=user_id)
    access = accounts.access(user_id)
    return Account(
        user_id=user_id,
        name=fields.name if isinstance(fields.name, str) and fields.name else user_id,
        role=access.role,
        created_at=fields.created_at if isinstance(fields.created_at, str) else None,
        has_pin=access.pin_hash is not None,
        profile=_profile(fields.profile),
    )


def _named(accounts: Accounts, wanted: str) -> list[Account]:
    return [
        account_of(accounts, user_id)
        for user_id, fields in accounts.members.items()
        if isinstance(fields.name, str) and folded(fields.name) == wanted
    ]


def _profile(value: object) -> Profile:
    """Return what can be understood of a profile, whichever program wrote it."""
    fields = {key: one for key, one in value.items() if key in _FIELDS} if isinstance(value, dict) else {}
    try:
        return msgspec.convert(fields, Profile)
    except msgspec.ValidationError:
        return msgspec.convert({key: one for key, one in fields.items() if _is_sound(key, one)}, Profile)


def _is_sound(key: str, value: object) -> bool:
    try:
        msgspec.convert({key: value}, Profile)
    except msgspec.ValidationError:
        return False
    return True


def sound_name(name: str) -> str:
    """Return a name as it is kept. Raises `PermanentError` for what is none."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise PermanentError("a name has 1 to {most} letters", most=_LONGEST_NAME)
    return name


def folded(name: str) -> str:
    """Return what names are compared by: without accents, for not every pad and keyboard has them."""
    parts = unicodedata.normalize("NFKD", name[: 2 * _LONGEST_NAME]).casefold().translate(_PLAIN_LETTERS)
    return " ".join("".join(part for part in parts if not unicodedata.combining(part)).split())
