"""Members as the pages see them: who they are, how they prove it, and who trains at the spot right now."""

from typing import Any, Literal, Protocol

import msgspec

from edge_agent.errors import EdgeError
from edge_agent.records import Record

Role = Literal["member", "coach", "owner"]


class SignInError(EdgeError):
    """Name, PIN, code or token is wrong, or must wait; `retry_after_s` is None where waiting does not help.

    The message never tells which of name and PIN was wrong.
    """

    def __init__(self, message: str, /, retry_after_s: int | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after_s = retry_after_s


class Person(Record, frozen=True, kw_only=True):
    """Somebody who has proved who they are."""

    user_id: str
    name: str
    role: Role = "member"


class Profile(Record, frozen=True, kw_only=True):
    """What a member says about themself; in the member's record, so it goes to the cloud and the gym's other kiosks."""

    units: Literal["metric", "imperial"] = "metric"
    """For what is shown; everything is kept in kg."""
    time_zone: str = ""
    """Empty means the gym's."""
    language: Literal["", "en", "de"] = ""
    """Empty means what the browser asks for."""
    body_weight_kg: float | None = None
    planned_days: tuple[int, ...] = ()
    """Weekdays meant for training, 0 is Monday: a streak is not broken on others. Empty: every day counts."""
    keeps_history: bool = True
    """Consent: without it the member is counted live, and nothing new is kept under their name."""
    in_gym_figures: bool = False
    """Consent: may be part of figures of the whole gym."""
    coaches: tuple[str, ...] = ()
    """User ids of the coaches who may see this member's workouts."""
    consented_at: str | None = None


class ProfileChange(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Changes of a profile; what is left out stays, so that a page that is out of date gives no consent again."""

    units: Literal["metric", "imperial"] | msgspec.UnsetType = msgspec.UNSET
    time_zone: str | msgspec.UnsetType = msgspec.UNSET
    language: Literal["", "en", "de"] | msgspec.UnsetType = msgspec.UNSET
    body_weight_kg: float | msgspec.UnsetType | None = msgspec.UNSET
    planned_days: tuple[int, ...] | msgspec.UnsetType = msgspec.UNSET
    keeps_history: bool | msgspec.UnsetType = msgspec.UNSET
    in_gym_figures: bool | msgspec.UnsetType = msgspec.UNSET
    coaches: dict[str, bool] | msgspec.UnsetType = msgspec.UNSET
    """By user id: whether to share with this coach from now on. Others stay as they are."""


class Account(Record, frozen=True, kw_only=True):
    """A member as the owner and they themselves see it."""

    user_id: str
    name: str
    role: Role
    created_at: str | None
    has_pin: bool
    """Whether they can sign in on this kiosk: PINs never leave the kiosk they were set on."""
    profile: Profile = Profile()

    @property
    def person(self) -> Person:
        return Person(user_id=self.user_id, name=self.name, role=self.role)


class Device(Record, frozen=True, kw_only=True):
    """A phone or browser that stays signed in."""

    device_id: str
    name: str
    created_at: str
    last_seen_at: str


class Departure(Record, frozen=True, kw_only=True):
    """The receipt of a member who has left: what was deleted here, and what the cloud has confirmed of it."""

    user_id: str
    name: str
    left_at: str
    deleted: dict[str, int] = msgspec.field(default_factory=dict)
    """Records deleted here, by kind."""
    state: Literal["deleted_here", "handed_over", "confirmed", "refused"] = "deleted_here"
    confirmed_at: str | None = None
    code: str = ""
    """Asks for this receipt later, at `GET /api/departures/{code}`, when nobody can sign in as them any more."""


class People(Protocol):
    """Unknown ids raise `errors.PermanentError`; whatever must not be guessed raises `SignInError`."""

    @property
    def claimed(self) -> bool:
        """Whether this kiosk has an owner."""
        ...

    @property
    def guest_id(self) -> str:
        """User id of unnamed workouts."""
        ...

    def claim_code(self) -> str | None:
        """Return the one-time code for the kiosk's own screen and terminal; None once the kiosk is claimed."""
        ...

    async def claim(self, code: str, name: str, pin: str) -> Person:
        """Make the first owner."""
        ...

    async def sign_in(self, name: str, pin: str, address: str) -> Person:
        """Check a name (in any capitalisation) and PIN tried from a network address."""
        ...

    async def bearer(self, token: str) -> Person:
        """Return whom a JWT speaks for. Someone new becomes a member when they first write."""
        ...

    async def person(self, user_id: str) -> Person: ...

    async def account(self, user_id: str) -> Account: ...

    async def accounts(self) -> tuple[Account, ...]:
        """Return all members by name."""
        ...

    async def join(self, name: str, pin: str, role: Role = "member") -> Person:
        """Make a new member. Raises `PermanentError` for a name that is taken or a PIN that is too simple."""
        ...

    @property
    def may_join(self) -> bool:
        """Whether people become members by themselves, in front of the kiosk (setting `members.may_join`)."""
        ...

    async def join_here(self, code: str, name: str, pin: str, address: str) -> Person:
        """Make oneself a member with the pairing code; `SignInError` for a wrong one, else as `join`."""
        ...

    async def rename(self, user_id: str, name: str) -> Account: ...

    async def change_profile(self, user_id: str, change: ProfileChange) -> Account: ...

    async def change_role(self, user_id: str, role: Role) -> Account:
        """Raises `PermanentError` for taking the last owner's role."""
        ...

    async def confirm(self, user_id: str, pin: str) -> None:
        """Check the PIN of a member who is signed in; who guesses at their name elsewhere does not make them wait."""
        ...

    async def change_pin(self, user_id: str, old: str, new: str, address: str) -> None:
        """Change a PIN, confirmed by the old one; all remembered devices but none other are forgotten."""
        ...

    async def reset_code(self, user_id: str) -> str:
        """Return a one-time code, valid for a day, with which a member sets a new PIN."""
        ...

    async def set_pin(self, name: str, code: str, pin: str, address: str) -> Person:
        """Set a new PIN with a reset code."""
        ...

    async def leave(self, user_id: str, code: str = "") -> Departure:
        """Delete everything of a member here and, through sync, in the cloud.

        `code` is to be the receipt's: whoever chose it can ask for the receipt when the answer was lost. Without one,
        or with one that another receipt has, the receipt gets a new one.
        """
        ...

    async def departure(self, code: str) -> Departure: ...

    async def coaches(self) -> tuple[Person, ...]: ...

    async def sharing_with(self, coach_id: str) -> tuple[Person, ...]:
        """Return the members whose workouts a coach may see."""
        ...

    async def remember(self, user_id: str, device_name: str) -> str:
        """Return a secret that signs a device in from now on; only its hash is kept."""
        ...

    async def recall(self, secret: str) -> tuple[Person, str] | None:
        """Return whom a remembered device belongs to and the secret to use next time; None when it is not known."""
        ...

    async def devices(self, user_id: str) -> tuple[Device, ...]: ...

    async def forget(self, user_id: str, device_id: str) -> None: ...

    async def forget_holder(self, secret: str) -> None:
        """Forget the device that holds a secret, as it signs out; one that nobody holds is no error."""
        ...

    # At the spot

    def trainee(self) -> Person | None:
        """Return who trains by name; None while it is somebody unnamed."""
        ...

    async def train(self, user_id: str | None) -> None:
        """Say who trains from now on; an unnamed workout that is running becomes theirs."""
        ...

    def pairing_code(self) -> str:
        """Return the code in the kiosk screen's QR picture: whoever has it stands in front of it. Changes often."""
        ...

    async def pair(self, code: str, user_id: str, address: str) -> None:
        """Say by phone that its owner trains at this spot."""
        ...


def member_document(account: Account) -> dict[str, Any]:
    """Return the record of a member as it goes to the cloud: no role, no PIN."""
    return {
        "user_id": account.user_id,
        "name": account.name,
        "created_at": account.created_at,
        "profile": msgspec.to_builtins(account.profile),
    }
