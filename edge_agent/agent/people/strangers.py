"""Whom only a token has named so far: they become members when something is first kept for them."""

from collections import OrderedDict

from edge_agent.interface.people import Account, Person
from edge_agent.members.tokens import LEEWAY_S, Claims

_MOST = 1000


class Strangers:
    """In memory only: the next token names them again. Those named longest ago make room."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Person, float | None]] = OrderedDict()
        """With when their token was issued."""

    def meet(self, user_id: str, claims: Claims) -> Person:
        """Take in whom a token speaks for."""
        person = Person(user_id=user_id, name=claims.name or claims.email or claims.sub)
        self._known[user_id] = person, claims.issued_at
        self._known.move_to_end(user_id)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return person

    def find(self, user_id: str) -> Account | None:
        """Return a stranger as the member they may become."""
        if user_id not in self._known:
            return None
        person, _ = self._known[user_id]
        return Account(user_id=user_id, name=person.name, role="member", created_at=None, has_pin=False)

    def come_again(self, user_id: str, left_at: float) -> bool:
        """Whether a stranger's token is newer than their leaving (Unix seconds), however the clocks differ."""
        _, issued_at = self._known.get(user_id, (None, None))
        return issued_at is not None and issued_at > left_at + LEEWAY_S

    def forget(self, user_id: str) -> None:
        self._known.pop(user_id, None)
