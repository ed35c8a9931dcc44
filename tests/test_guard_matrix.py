"""Every route as everybody, on the real kiosk and the fake: nothing is open that the table does not say."""

import asyncio
from pathlib import Path

import pytest

from tests.fake_agent import FakeAgent
from tests.guard_parts import BROWSERS, Backend, a_ground, ask, routes_of
from tests.guard_table import ALLOWED, ALLOWED_BEFORE, CLASSES, PERSONAS, Persona, class_of, refusal
from web.app import create_app

ROUTES = tuple(routes_of(create_app(FakeAgent(), "Test kiosk")))
LET_IN = frozenset({200, 201, 202, 204, 303, 304, 400, 409, 413, 415, 422, 503})
"""What whoever is let in may be told."""


def expected(route: str, persona: Persona, *, claimed: bool) -> frozenset[int]:
    name = class_of(route)
    if persona not in (ALLOWED if claimed else ALLOWED_BEFORE)[name]:
        return frozenset({refusal(name, persona)})
    return LET_IN | {404} if "{code}" in route else LET_IN


def surprises(folder: Path, backend: Backend, persona: Persona, *, claimed: bool) -> list[str]:
    """Return every route that answers otherwise than the table says."""

    async def story() -> list[str]:
        found = []
        async with a_ground(backend, folder, claimed=claimed) as ground, ground.client(persona) as client:
            for route in ROUTES:
                name = class_of(str(route))
                values = await ground.prepare(name)
                headers = await ground.credentials(client, persona)
                query = f"?member={ground.ids['Mia']}" if claimed and name.endswith(" data") else ""
                status = await ask(client, route, values, headers, query)
                if status not in expected(str(route), persona, claimed=claimed):
                    found.append(f"{route}: {status}")
        return found

    return asyncio.run(story())


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("backend", ["fake", "real"])
def test_after_the_claim_everybody_reaches_what_the_table_says(
    tmp_path: Path, backend: Backend, persona: Persona
) -> None:
    assert surprises(tmp_path, backend, persona, claimed=True) == []


@pytest.mark.parametrize("persona", ["nobody", "own screen", "mia"])
@pytest.mark.parametrize("backend", ["fake", "real"])
def test_before_the_claim_all_is_open_but_what_is_for_owners(
    tmp_path: Path, backend: Backend, persona: Persona
) -> None:
    assert surprises(tmp_path, backend, persona, claimed=False) == []


def test_every_path_of_the_document_is_walked() -> None:
    app = create_app(FakeAgent(), "Test kiosk")
    documented = {
        f"{method.upper()} {path}"
        for path, item in app.openapi_schema.to_schema()["paths"].items()
        for method in item
        if method in {"get", "put", "post", "patch", "delete"}
    }
    assert documented <= {str(route) for route in ROUTES}


def test_the_table_names_no_route_that_is_gone() -> None:
    assert {one for routes in CLASSES.values() for one in routes} <= {str(route) for route in ROUTES}


@pytest.mark.parametrize("persona", BROWSERS)
def test_a_browser_changes_nothing_without_the_token_of_its_sign_in(tmp_path: Path, persona: Persona) -> None:
    async def story() -> list[str]:
        found = []
        async with a_ground("fake", tmp_path) as ground, ground.client(persona) as client:
            await ground.credentials(client, persona)
            for route in ROUTES:
                if route.method == "GET" or class_of(str(route)) == "public":
                    continue
                values = await ground.prepare(class_of(str(route)))
                if await ask(client, route, values, {}) != 403:
                    found.append(str(route))
        return found

    assert asyncio.run(story()) == []
