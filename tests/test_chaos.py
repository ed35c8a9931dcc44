"""The short form of `make chaos`, and that its account can fail."""

import asyncio

import pytest

from tests.chaos.__main__ import run
from tests.chaos.account import Promises
from tests.chaos.clouds import CLOUDS
from tests.chaos.network import Link


@pytest.mark.process
@pytest.mark.parametrize("store", CLOUDS)
def test_nothing_shown_as_saved_is_lost_doubled_or_wrong_after_kills_and_cuts(store: str) -> None:
    account = asyncio.run(run(store, rounds=4, seed=3))
    assert account.acknowledged > 0
    assert account.clean


def test_a_session_without_its_record_or_without_its_row_is_lost() -> None:
    promises = Promises()
    for key in ("a", "b", "c"):
        promises.acknowledged(key, "digest")
    account = promises.compare({"a": "digest", "b": "digest"}, {"a": 1, "c": 1})
    assert (account.acknowledged, account.lost) == (3, 2)
    assert not account.clean


def test_a_session_that_is_there_twice_is_duplicated() -> None:
    promises = Promises()
    promises.acknowledged("a", "digest")
    assert promises.compare({"a": "digest"}, {"a": 2}).duplicated == 1


def test_an_older_version_than_the_acknowledged_one_is_wrong() -> None:
    promises = Promises()
    for digest in ("old", "new"):
        promises.tried("a", digest)
        promises.acknowledged("a", digest)
    assert promises.compare({"a": "old"}, {"a": 1}).wrong == 1


def test_a_version_that_was_tried_and_then_killed_may_be_there_or_not() -> None:
    promises = Promises()
    promises.acknowledged("a", "old")
    promises.tried("a", "new")
    promises.tried("b", "first")
    for digest in ("old", "new"):
        assert promises.compare({"a": digest}, {"a": 1}).clean


def test_what_nobody_ever_sent_is_wrong() -> None:
    assert Promises().compare({"a": "digest"}, {"a": 1}).wrong == 1


def test_a_cut_link_refuses_and_a_mended_one_passes_on() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))
        writer.close()

    async def ask(port: int) -> bytes:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"hello")
            return await reader.read(100)
        except ConnectionError:
            return b""

    async def scene() -> list[bytes]:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        link = Link(server.sockets[0].getsockname()[1])
        await link.start()
        answers = [await ask(link.port)]
        link.cut()
        answers.append(await ask(link.port))
        link.mend()
        answers.append(await ask(link.port))
        await link.stop()
        server.close()
        return answers

    assert asyncio.run(scene()) == [b"hello", b"", b"hello"]
