"""Whose a record is: the deletion of a member or a program takes along what it owns and is older. Pure.

Kiosk and cloud each apply this by themselves, so only the owner's deletion travels.
"""

from collections.abc import Mapping
from typing import Any

Owner = tuple[str, str]
"""Entity and key of a member or program."""

OWNING = ("member", "program")

OF_A_PROGRAM = ("progress", "check_in")
"""What goes with a program. A workout is done, whatever becomes of the plan."""


def owners(entity: str, doc: Mapping[str, Any]) -> list[Owner]:
    """Return the member and the program whose deletion takes a record along."""
    found = []
    if entity != "member":
        found.append(("member", doc.get("user_id")))
    if entity in OF_A_PROGRAM:
        found.append(("program", doc.get("program_id")))
    return [(owner, key) for owner, key in found if isinstance(key, str)]
