import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest
from litestar.exceptions import ServiceUnavailableException
from litestar.response import ServerSentEventMessage

from edge_agent.phrase import Phrase
from edge_agent.records import LiveState
from tests.fake_agent import FakeAgent
from tests.fake_training import figure
from web.live import Streams
from web.reader import Reader, read_by

Events = AsyncGenerator[ServerSentEventMessage, None]


async def nearest(events: Events, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            message = await anext(events)
            if message.event == kind:
                return dict(msgspec.json.decode(message.data))  # type: ignore[arg-type]


def test_the_first_event_is_the_whole_state() -> None:
    async def story() -> None:
        agent = FakeAgent()
        agent.change(reps=4)
        first = await anext(Streams().events(agent))
        assert first.event == "state"
        assert msgspec.json.decode(first.data, type=LiveState) == agent.state  # type: ignore[arg-type]

    asyncio.run(story())


def test_changes_follow() -> None:
    async def story() -> None:
        agent = FakeAgent()
        events = Streams().events(agent)
        await nearest(events, "state")
        agent.change(reps=5)
        assert (await nearest(events, "state"))["reps"] == 5

    asyncio.run(story())


def test_each_watcher_is_told_in_their_language() -> None:
    async def story() -> None:
        agent = FakeAgent()
        agent.change(vision_detail=Phrase("{path}: no such camera; plug one in", path="/dev/video0"))
        streams, told = Streams(), []
        for language in ("de", "en"):
            read_by(Reader(language=language))
            told.append((await nearest(streams.events(agent), "state"))["vision_detail"])
        assert told == ["/dev/video0: keine solche Kamera; steck eine ein", "/dev/video0: no such camera; plug one in"]

    asyncio.run(story())


def test_landmarks_are_rounded() -> None:
    async def story() -> None:
        agent = FakeAgent()
        events = Streams().events(agent)
        await nearest(events, "state")
        agent.show(figure(1 / 3))
        assert (await nearest(events, "pose"))["landmarks"][25] == [0.58, 0.7067, 0.97]

    asyncio.run(story())


def test_quiet_times_are_filled_with_pings() -> None:
    async def story() -> None:
        events = Streams(ping_s=0.01).events(FakeAgent())
        await nearest(events, "state")
        assert await nearest(events, "ping") == {}

    asyncio.run(story())


def test_a_ping_does_not_end_the_news() -> None:
    async def story() -> None:
        agent = FakeAgent()
        events = Streams(ping_s=0.01).events(agent)
        await nearest(events, "ping")
        agent.change(reps=1)
        assert (await nearest(events, "state"))["reps"] == 1

    asyncio.run(story())


def test_poses_come_at_most_fifteen_times_a_second() -> None:
    async def story() -> None:
        agent = FakeAgent()
        events = Streams().events(agent)
        await nearest(events, "state")
        loop = asyncio.get_running_loop()
        started = loop.time()
        for depth in range(4):
            agent.show(figure(depth / 4))
            await nearest(events, "pose")
        assert loop.time() - started >= 3 / 15

    asyncio.run(story())


def test_a_slow_client_gets_the_newest_state_and_nobody_waits_for_it() -> None:
    async def story() -> None:
        agent, streams = FakeAgent(), Streams()
        slow, quick = streams.events(agent), streams.events(agent)
        await nearest(slow, "state")
        await nearest(quick, "state")
        for reps in range(1, 6):
            agent.change(reps=reps)
            assert (await nearest(quick, "state"))["reps"] == reps
        assert (await nearest(slow, "state"))["reps"] == 5

    asyncio.run(story())


def test_one_client_too_many_is_refused_with_503() -> None:
    async def story() -> None:
        agent, streams = FakeAgent(), Streams(max_clients=1)
        first = streams.events(agent)
        await nearest(first, "state")
        with pytest.raises(ServiceUnavailableException, match="which is the limit"):
            streams.events(agent)

    asyncio.run(story())


def test_streams_granted_at_once_count_before_they_begin() -> None:
    async def story() -> None:
        agent, streams = FakeAgent(), Streams(max_clients=2)
        granted = [streams.events(agent) for _ in range(2)]
        with pytest.raises(ServiceUnavailableException):
            streams.events(agent)
        for events in granted:
            await nearest(events, "state")
        assert len(streams) == 2

    asyncio.run(story())


def test_a_client_that_left_makes_room_and_stops_watching() -> None:
    async def story() -> None:
        agent, streams = FakeAgent(), Streams(max_clients=1)
        events = streams.events(agent)
        await nearest(events, "state")
        await events.aclose()
        assert (len(streams), agent.watching) == (0, 0)

    asyncio.run(story())


def test_closing_ends_waiting_streams_and_lets_no_new_one_begin() -> None:
    async def story() -> None:
        agent, streams = FakeAgent(), Streams()
        events = streams.events(agent)
        await nearest(events, "state")
        waiting = asyncio.ensure_future(anext(events, None))
        await asyncio.sleep(0)
        streams.close()
        async with asyncio.timeout(30):
            assert await waiting is None
        with pytest.raises(ServiceUnavailableException):
            streams.events(agent)

    asyncio.run(story())
