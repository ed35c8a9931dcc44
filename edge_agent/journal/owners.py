"""Whose a record is: the deletion of a member or a program takes along what it owns and is older. Pure.

The cloud does the same by itself, so only the owner's deletion travels.
"""

from edge_agent.journal.storage import Fields
from edge_agent.journal.versions import Name

OWNING = ("member", "program")

_OF_A_PROGRAM = ("progress", "check_in")
"""A workout is done, whatever becomes of the plan."""


def owners(entity: str, doc: Fields) -> list[Name]:
    """Return the member and the program whose deletion takes a record along."""
    found = []
    if entity != "member":
        found.append(("member", doc.get("user_id")))
    if entity in _OF_A_PROGRAM:
        found.append(("program", doc.get("program_id")))
    return [(owner, key) for owner, key in found if isinstance(key, str)]
