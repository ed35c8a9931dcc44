"""Who may use which route: what the guard matrix expects, written down apart from the product's own declarations.

Every route stands in exactly one class; a route that stands in none fails the matrix, so that nobody forgets to decide.
"""

from typing import Literal, get_args

Persona = Literal[
    "nobody",
    "own screen",
    "mia",
    "mia by token",
    "noah",
    "coach of mia",
    "other coach",
    "owner",
    "expired token",
    "forged token",
    "unsigned token",
]
PERSONAS: tuple[Persona, ...] = get_args(Persona)
MIA: frozenset[Persona] = frozenset({"mia", "mia by token"})
OTHERS: frozenset[Persona] = frozenset({"noah", "coach of mia", "other coach", "owner"})
NAMED = MIA | OTHERS
NOBODY: frozenset[Persona] = frozenset({"nobody", "own screen"})
BAD_TOKENS: frozenset[Persona] = frozenset({"expired token", "forged token", "unsigned token"})

CLASSES: dict[str, tuple[str, ...]] = {
    "public": (
        "GET /health",
        "GET /api/version",
        "GET /metrics",
        "GET /schema",
        "GET /schema/openapi.json",
    ),
    "anybody": (
        *("GET /claim", "GET /sign-in", "GET /join", "GET /pair", "GET /left"),
        *("GET /api/session", "POST /api/session", "DELETE /api/session"),
        *("POST /api/claim", "POST /api/join", "POST /api/pin", "GET /api/departures/{code}"),
    ),
    "member": (
        *("GET /profile", "POST /api/session/stay", "GET /api/me", "PATCH /api/me/profile", "PUT /api/me/name"),
        *("PUT /api/me/pin", "POST /api/me/leave", "GET /api/me/devices", "GET /api/coaches", "GET /api/me/sharing"),
        *("POST /api/spot/pair", "GET /api/claimable"),
    ),
    "own file": (
        *("GET /import", "GET /export", "POST /api/imports", "GET /api/imports/{code}", "GET /api/export"),
        *("POST /api/workout/pose-summary", "GET /api/workout/sessions", "GET /api/workout/stats"),
    ),
    "own thing": ("DELETE /api/me/devices/{device_id}",),
    "owner": (
        *("GET /members", "GET /api/members", "POST /api/members"),
        *("PUT /api/members/{user_id}/role", "POST /api/members/{user_id}/reset-code"),
    ),
    "sync": ("GET /sync", "GET /api/sync", "POST /api/sync/retry", "POST /api/sync/retry-refused"),
    "reads data": (
        *("GET /history", "GET /exercises", "GET /exercises/{exercise}", "GET /api/sessions"),
        *("GET /api/history/sessions", "GET /api/history/cards", "GET /api/history/volume", "GET /api/history/mix"),
        *("GET /api/history/days", "GET /api/history/bests", "GET /api/history/streaks"),
        *("GET /api/history/exercises", "GET /api/history/exercises/{key}"),
    ),
    "changes data": ("POST /api/sessions", "GET /history/add"),
    "reads a workout": (
        *("GET /sessions/{session_id}", "GET /api/sessions/{session_id}"),
        "GET /api/sessions/{session_id}/whereabouts",
    ),
    "changes a workout": (
        "PATCH /api/sessions/{session_id}",
        "DELETE /api/sessions/{session_id}",
        "DELETE /api/workout/sessions/{session_id}",
    ),
    "restores a workout": ("POST /api/sessions/{session_id}/restore",),
    "claims a workout": ("POST /api/sessions/{session_id}/claim",),
    "live": ("GET /", "GET /api/live", "GET /api/live/stream", "GET /api/exercises", "GET /api/spot"),
    "controls": ("POST /api/live/exercise", "POST /api/live/finish", "DELETE /api/spot/trainee"),
    "own screen": ("GET /api/spot/qr.svg", "POST /api/spot/trainee"),
}

ALLOWED: dict[str, frozenset[Persona]] = {
    "public": NAMED | NOBODY | BAD_TOKENS,
    "anybody": NAMED | NOBODY,
    "member": NAMED,
    "own file": NAMED,
    "own thing": MIA,
    "owner": frozenset({"owner"}),
    "sync": frozenset({"owner"}),
    "reads data": MIA | {"coach of mia"},
    "changes data": MIA,
    "reads a workout": MIA | {"coach of mia"},
    "changes a workout": MIA,
    "restores a workout": MIA,
    "claims a workout": frozenset(),
    "live": NAMED | {"own screen"},
    "controls": MIA | {"owner", "own screen"},
    "own screen": frozenset({"own screen"}),
}
"""Who may, where Mia is the trainee, data and workouts are hers, and the kiosk has an owner."""

ALLOWED_BEFORE: dict[str, frozenset[Persona]] = ALLOWED | {
    "reads data": NAMED | NOBODY,
    "changes data": NAMED | NOBODY,
    "reads a workout": NAMED | NOBODY,
    "changes a workout": NAMED | NOBODY,
    "restores a workout": NAMED | NOBODY,
    "sync": NAMED | NOBODY,
    "live": NAMED | NOBODY,
    "controls": NAMED | NOBODY,
}
"""Who may before the kiosk has an owner, where the workouts are unnamed."""


def class_of(route: str) -> str:
    """Return the class of `GET /path`. Raises `AssertionError` for a route that nobody has decided about."""
    found = [name for name, routes in CLASSES.items() if route in routes]
    assert len(found) == 1, f"{route} stands in {len(found)} classes of tests/guard_table.py; decide who may use it"
    return found[0]


def refusal(name: str, persona: Persona) -> int:
    """Return the status with which a class refuses somebody."""
    if persona in BAD_TOKENS:
        return 401
    if name == "own screen":
        return 404
    if name == "controls" and persona in NAMED:
        return 403
    return 401 if persona in NOBODY else 404
