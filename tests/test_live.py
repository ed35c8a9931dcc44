import asyncio
from collections.abc import AsyncIterator

import msgspec

from edge_agent.agent.live import LiveView
from edge_agent.records import LivePose, LiveState

STATE = LiveState(phase="waiting", exercise="squat", exercise_name="Squat")
POSE = LivePose(width=4, height=3)


def with_reps(reps: int) -> LiveState:
    return msgspec.structs.replace(STATE, reps=reps)


async def next_of(news: AsyncIterator[LiveState | LivePose]) -> LiveState | LivePose:
    return await asyncio.wait_for(anext(news), 30)


def test_a_watcher_gets_the_whole_state_first() -> None:
    async def run() -> None:
        view = LiveView(STATE)
        view.show(POSE)
        async with view.watch() as news:
            assert await next_of(news) == STATE
            assert await next_of(news) == POSE

    asyncio.run(run())


def test_a_slow_watcher_gets_the_newest_state_only() -> None:
    async def run() -> None:
        view = LiveView(STATE)
        async with view.watch() as news:
            for reps in range(100):
                view.show(with_reps(reps))
            assert await next_of(news) == with_reps(99)

    asyncio.run(run())


def test_a_state_comes_before_a_pose() -> None:
    async def run() -> None:
        view = LiveView(STATE)
        async with view.watch() as news:
            await next_of(news)
            view.show(POSE)
            view.show(with_reps(1))
            assert await next_of(news) == with_reps(1)
            assert await next_of(news) == POSE

    asyncio.run(run())


def test_a_waiting_watcher_wakes_up() -> None:
    async def run() -> None:
        view = LiveView(STATE)
        async with view.watch() as news:
            await next_of(news)
            waiting = asyncio.create_task(next_of(news))
            await asyncio.sleep(0)
            view.show(with_reps(3))
            assert await waiting == with_reps(3)

    asyncio.run(run())


def test_a_watcher_that_left_is_forgotten() -> None:
    async def run() -> None:
        view = LiveView(STATE)
        async with view.watch():
            assert len(view._mailboxes) == 1
        assert not view._mailboxes

    asyncio.run(run())
