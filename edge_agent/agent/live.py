"""Fan-out of the live view: every watcher gets the whole state first, then the newest of each kind.

A watcher that reads slowly misses old states and poses, never the newest; nothing queues up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from edge_agent.records import LivePose, LiveState, PoseFrame


class _Mailbox:
    """At most one unread state and one unread pose."""

    def __init__(self, state: LiveState, pose: LivePose | None) -> None:
        self._state: LiveState | None = state
        self._pose = pose
        self._filled = asyncio.Event()
        self._filled.set()

    def put(self, news: LiveState | LivePose) -> None:
        if isinstance(news, LiveState):
            self._state = news
        else:
            self._pose = news
        self._filled.set()

    async def take(self) -> LiveState | LivePose:
        """Wait for news; a state comes before a pose."""
        while True:
            if self._state is not None:
                state, self._state = self._state, None
                return state
            if self._pose is not None:
                pose, self._pose = self._pose, None
                return pose
            self._filled.clear()
            await self._filled.wait()


class LiveView:
    """The newest state and pose, and everybody who watches them. Belongs to one event loop."""

    def __init__(self, state: LiveState) -> None:
        self.state = state
        self.pose: LivePose | None = None
        self._mailboxes: set[_Mailbox] = set()

    def show(self, news: LiveState | LivePose) -> None:
        """Replace the state or the pose and wake the watchers."""
        if isinstance(news, LiveState):
            self.state = news
        else:
            self.pose = news
        for mailbox in self._mailboxes:
            mailbox.put(news)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[LiveState | LivePose]]:
        """Subscribe for the length of the `async with`."""
        mailbox = _Mailbox(self.state, self.pose)
        self._mailboxes.add(mailbox)
        try:
            yield _letters(mailbox)
        finally:
            self._mailboxes.discard(mailbox)


async def _letters(mailbox: _Mailbox) -> AsyncIterator[LiveState | LivePose]:
    while True:
        yield await mailbox.take()


def live_pose(frame: PoseFrame) -> LivePose:
    """Return what the pages draw of a frame."""
    if frame.pose is None:
        return LivePose(width=frame.width, height=frame.height)
    landmarks = tuple((x, y, visibility) for x, y, _, visibility in frame.pose.image)
    return LivePose(width=frame.width, height=frame.height, landmarks=landmarks)
