"""API clients at a kiosk with an issuer of tokens."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.people import bearers
from edge_agent.agent.people.bearers import fetch_keys
from edge_agent.config import Config, TokensConfig
from edge_agent.errors import ConfigError, PermanentError
from edge_agent.interface.people import ProfileChange, SignInError
from tests.people_parts import PIN, Story, tell
from tests.test_workouts import PAST
from tests.token_parts import AUDIENCE, ISSUER, OTHER_RSA_KEY, RSA_KEY, SECRET, jwks, token

URL = "https://issuer.example/keys"


def with_secret(folder: Path, story: Story) -> None:
    (folder / "secret").write_bytes(SECRET + b"\n")
    settings = TokensConfig(issuer=ISSUER, audience=AUDIENCE, secret_file=str(folder / "secret"))
    tell(folder, story, Config(tokens=settings))


class Issuer:
    """Answers with its keys, or not at all."""

    def __init__(self, **keys: Any) -> None:
        self.keys: bytes | None = jwks(**keys)
        self.asked = 0

    def fetch(self, url: str) -> bytes:
        assert url == URL
        self.asked += 1
        if self.keys is None:
            raise OSError("the net is away")
        return self.keys


def with_issuer(folder: Path, issuer: Issuer, story: Story) -> None:
    async def tuned(kiosk: Kiosk) -> None:
        kiosk.people._callers._bearers._fetch = issuer.fetch
        await story(kiosk)

    tell(folder, tuned, Config(tokens=TokensConfig(issuer=ISSUER, audience=AUDIENCE, jwks_url=URL)))


async def signs_in(kiosk: Kiosk, text: str) -> bool:
    try:
        await kiosk.people.bearer(text)
    except SignInError:
        return False
    return True


# Whom a token speaks for


def test_somebody_new_is_a_stranger_until_they_write(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        person = await kiosk.people.bearer(token(name="Ann"))
        assert (person.user_id, person.name, person.role) == ("ann", "Ann", "member")
        assert await kiosk.people.accounts() == ()
        assert (await kiosk.people.account("ann")).created_at is None
        await kiosk.workouts.add("ann", PAST)
        (account,) = await kiosk.people.accounts()
        assert (account.user_id, account.name, account.has_pin) == ("ann", "Ann", False)

    with_secret(tmp_path, story)


def test_a_profile_is_writing_too_and_a_taken_name_is_told_apart(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Ann", PIN)
        await kiosk.people.bearer(token(name="ann"))
        account = await kiosk.people.change_profile("ann", ProfileChange(units="imperial"))
        assert (account.name, account.profile.units) == ("ann 2", "imperial")

    with_secret(tmp_path, story)


def test_nobody_joins_by_what_is_refused(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        await kiosk.people.join("Bob", PIN)
        await kiosk.people.bearer(token(name="Ann"))
        with pytest.raises(PermanentError):
            await kiosk.people.change_profile("ann", ProfileChange(body_weight_kg=1))
        with pytest.raises(PermanentError):
            await kiosk.people.rename("ann", "bob")
        with pytest.raises(PermanentError):
            await kiosk.workouts.add("ann", msgspec.structs.replace(PAST, start_time="yesterday"))
        with pytest.raises(PermanentError):
            await kiosk.workouts.claim("no such workout", "ann")
        assert [one.name for one in await kiosk.people.accounts()] == ["Bob"]

    with_secret(tmp_path, story)


def test_a_token_speaks_for_a_member_with_their_role_here(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN, "coach")
        assert await kiosk.people.bearer(token(sub=ann.user_id, name="Eve")) == ann

    with_secret(tmp_path, story)


def test_no_token_speaks_for_unnamed_workouts(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        assert not await signs_in(kiosk, token(sub="guest"))

    with_secret(tmp_path, story)


def test_nothing_is_kept_for_a_subject_that_no_token_has_named(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        with pytest.raises(PermanentError):
            await kiosk.workouts.add("ann", PAST)

    with_secret(tmp_path, story)


def test_bad_tokens_sign_nobody_in(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        for text in ("", "a.b.c", token(exp=1), token(b"another secret of thirty-two byte")):
            assert not await signs_in(kiosk, text)

    with_secret(tmp_path, story)


# The issuer's keys


def test_keys_are_fetched_when_the_first_token_comes_and_used_from_then_on(tmp_path: Path) -> None:
    issuer = Issuer(r=RSA_KEY)

    async def story(kiosk: Kiosk) -> None:
        assert issuer.asked == 0
        for _ in range(3):
            assert await signs_in(kiosk, token(RSA_KEY, "RS256", "r"))
        assert issuer.asked == 1

    with_issuer(tmp_path, issuer, story)


def test_a_key_that_is_new_is_fetched_and_not_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = Issuer(r=RSA_KEY)

    async def story(kiosk: Kiosk) -> None:
        assert await signs_in(kiosk, token(RSA_KEY, "RS256", "r"))
        issuer.keys = jwks(n=OTHER_RSA_KEY)
        assert not await signs_in(kiosk, token(OTHER_RSA_KEY, "RS256", "n"))
        assert issuer.asked == 1
        monkeypatch.setattr(bearers, "_ASK_AGAIN_AFTER_S", -1.0)
        assert await signs_in(kiosk, token(OTHER_RSA_KEY, "RS256", "n"))
        assert not await signs_in(kiosk, token(RSA_KEY, "RS256", "r"))

    with_issuer(tmp_path, issuer, story)


def test_keys_are_kept_when_the_net_is_away_also_over_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = Issuer(r=RSA_KEY)

    async def story(kiosk: Kiosk) -> None:
        assert await signs_in(kiosk, token(RSA_KEY, "RS256", "r"))

    with_issuer(tmp_path, issuer, story)
    issuer.keys = None
    monkeypatch.setattr(bearers, "_FRESH_FOR_S", -1.0)
    with_issuer(tmp_path, issuer, story)


def test_a_key_set_that_is_none_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = Issuer(r=RSA_KEY)
    monkeypatch.setattr(bearers, "_ASK_AGAIN_AFTER_S", -1.0)

    async def story(kiosk: Kiosk) -> None:
        assert await signs_in(kiosk, token(RSA_KEY, "RS256", "r"))
        issuer.keys = b"<html>sign in to the wifi</html>"
        assert not await signs_in(kiosk, token(RSA_KEY, "RS256", "another"))
        assert await signs_in(kiosk, token(RSA_KEY, "RS256", "r"))

    with_issuer(tmp_path, issuer, story)


def test_keys_come_from_a_file_too(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        assert await signs_in(kiosk, token(RSA_KEY, "RS256", "r"))

    (tmp_path / "keys.json").write_bytes(jwks(r=RSA_KEY))
    settings = TokensConfig(issuer=ISSUER, audience=AUDIENCE, jwks_file=str(tmp_path / "keys.json"))
    tell(tmp_path, story, Config(tokens=settings))


def test_a_file_that_holds_no_keys_is_told(tmp_path: Path) -> None:
    async def story(_kiosk: Kiosk) -> None: ...

    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"tokens\.jwks_file"):
        tell(tmp_path, story, Config(tokens=TokensConfig(issuer=ISSUER, jwks_file=str(tmp_path / "keys.json"))))


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/keys")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 300_000 if self.path == "/long" else b"keys")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_is_at_the_address_is_fetched(address: str) -> None:
    assert fetch_keys(f"{address}/keys") == b"keys"


@pytest.mark.parametrize("path", ["/moved", "/long"])
def test_neither_redirects_nor_endless_answers_are_followed(address: str, path: str) -> None:
    with pytest.raises(OSError, match=r"302|too long"):
        fetch_keys(address + path)
