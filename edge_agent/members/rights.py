"""Who may do what with whose data. Pure: a table in code, read from top to bottom.

Nobody has claimed the kiosk yet: all is open but what is the owner's, for there are only unnamed workouts. Afterwards a
member has their own, a coach reads what members share, and the owner runs the kiosk without seeing anybody's training.
What one may not see does not exist for them: pages answer 404 for it, and 401 to nobody.
"""

from typing import Literal

from edge_agent.records import Record

Role = Literal["member", "coach", "owner"]
Deed = Literal["read", "change"]
"""Change is also: edit, delete, import."""


class Asker(Record, frozen=True, kw_only=True):
    """Who asks: somebody signed in, or nobody; `here` is the kiosk's own screen."""

    user_id: str | None = None
    role: Role = "member"
    here: bool = False

    @property
    def is_owner(self) -> bool:
        return self.user_id is not None and self.role == "owner"


class Owned(Record, frozen=True, kw_only=True):
    """Whose a workout or a history is."""

    user_id: str
    coaches: tuple[str, ...] = ()
    """With whom its member shares."""
    unnamed: bool = False
    claimable: bool = False
    """An unnamed workout that has ended less than 15 minutes ago."""


def may_use_training(asker: Asker, deed: Deed, of: Owned, *, claimed: bool) -> bool:
    """Whether somebody may read or change a workout or a history."""
    if of.unnamed:
        if not claimed or asker.is_owner:
            return True
        return asker.user_id is not None and of.claimable and deed == "read"
    if asker.user_id is None:
        return False
    if asker.user_id == of.user_id:
        return True
    return deed == "read" and asker.role == "coach" and asker.user_id in of.coaches


def may_run_kiosk(asker: Asker) -> bool:
    """Whether somebody may see and change members, devices, sync and backups. Before the claim: nobody."""
    return asker.is_owner


def may_see_sync(asker: Asker, *, claimed: bool) -> bool:
    """Whether somebody may see and hurry the way to the cloud as a whole; of one workout its member may."""
    return asker.is_owner or not claimed


def may_watch(asker: Asker, *, claimed: bool, everybody: bool) -> bool:
    """Whether somebody may see the live count and skeleton; `everybody` is what `members.live` says."""
    return everybody or not claimed or asker.here or asker.user_id is not None


def may_control(asker: Asker, trainee_id: str | None, *, claimed: bool) -> bool:
    """Whether somebody may choose the exercise and end the workout, while `trainee_id` or somebody unnamed trains."""
    if not claimed or asker.here or asker.is_owner:
        return True
    return asker.user_id is not None and trainee_id in (None, asker.user_id)
