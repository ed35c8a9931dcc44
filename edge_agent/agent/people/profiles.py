"""What a member may say about themself. Pure."""

from collections.abc import Collection

import msgspec

from edge_agent.config import is_time_zone
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Profile, ProfileChange

_LIGHTEST_KG, _HEAVIEST_KG = 20, 400
_MOST_COACHES = 20


def changed_profile(before: Profile, change: ProfileChange, coaches: Collection[str], now: str) -> Profile:
    """Return a profile with what is changed of it, with the time of a changed consent. `coaches` are those there are.

    Raises `PermanentError`.
    """
    fields = {name: getattr(change, name) for name in change.__struct_fields__}
    told = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
    if isinstance(change.coaches, dict):
        stay = [one for one in before.coaches if change.coaches.get(one, True)]
        told["coaches"] = (*stay, *(one for one, shares in change.coaches.items() if shares))
    return _checked(msgspec.structs.replace(before, **told), before, coaches, now)


def _checked(profile: Profile, before: Profile, coaches: Collection[str], now: str) -> Profile:
    weight_kg = profile.body_weight_kg
    if weight_kg is not None and not _LIGHTEST_KG <= weight_kg <= _HEAVIEST_KG:
        raise PermanentError("a body weight is between {least} and {most} kg", least=_LIGHTEST_KG, most=_HEAVIEST_KG)
    if profile.time_zone and not is_time_zone(profile.time_zone):
        raise PermanentError("{text!r} is not a time zone such as 'Europe/Berlin'", text=profile.time_zone[:60])
    if any(not 0 <= day <= 6 for day in profile.planned_days):
        raise PermanentError("planned days are numbers from 0 (Monday) to 6 (Sunday)")
    shared = tuple(dict.fromkeys(profile.coaches))
    unknown = [one for one in shared if one not in coaches and one not in before.coaches]
    if unknown:
        words = "{coach!r} is no coach of this gym; choose from those on the profile's page"
        raise PermanentError(words, coach=unknown[0][:60])
    if len(shared) > _MOST_COACHES:
        raise PermanentError("share with up to {most} coaches", most=_MOST_COACHES)
    return msgspec.structs.replace(
        profile,
        planned_days=tuple(sorted(set(profile.planned_days))),
        coaches=shared,
        consented_at=before.consented_at if _consents(profile) == _consents(before) else now,
    )


def _consents(profile: Profile) -> tuple[bool, bool, frozenset[str]]:
    return profile.keeps_history, profile.in_gym_figures, frozenset(profile.coaches)
