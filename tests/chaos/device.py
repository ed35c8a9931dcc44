"""A kiosk that trains without pause: `python -m tests.chaos.device STATE PORT BROKER LIFE`.

It is the whole agent, with sessions put in where training would finish them. Standard output tells `try KEY DIGEST`
before a session is saved and `ack KEY DIGEST` once it is shown as saved. `rest` on standard input ends the training;
from then on `pending N` is told. `--trust-puback` makes it believe the broker instead of the database.
"""

import argparse
import asyncio
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_agent import canonical, log, service
from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.role import run_agent
from edge_agent.config import Config, StorageConfig, SyncConfig, WebConfig
from edge_agent.journal.kept import checked
from edge_agent.records import Receipt, Session
from edge_agent.sync.outbox import Parcel
from tests.journal_parts import make_session

_EDITED = 0.15
_LONGEST_PAUSE_S = 0.04


class Trainer:
    """Saves sessions one after the other, and now and then an earlier one again with a note."""

    def __init__(self, life: str) -> None:
        self._life = life
        self._made: list[Session] = []
        self._resting = asyncio.Event()

    async def run(self, kiosk: Kiosk) -> None:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), self._listen)
        while not self._resting.is_set():
            session = self._next(kiosk.device_id)
            digest = canonical.digest(checked(session))
            tell("try", session.session_id, digest)
            await kiosk.saver.add(session)
            tell("ack", session.session_id, digest)
            await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE_S))
        while True:
            tell("pending", str((await kiosk.sync_status()).pending))
            await asyncio.sleep(0.2)

    def _next(self, device_id: str) -> Session:
        if self._made and random.random() < _EDITED:
            place = random.randrange(len(self._made))
            edited = msgspec.structs.replace(self._made[place], notes=f"{self._made[place].notes or ''}+")
            self._made[place] = edited
            return edited
        now = datetime.now(UTC).isoformat()
        session = make_session(f"{device_id}-{self._life}-{len(self._made):05d}", start=now, reps=5)
        self._made.append(msgspec.structs.replace(session, device_id=device_id))
        return self._made[-1]

    def _listen(self) -> None:
        if sys.stdin.readline().strip() == "rest":
            self._resting.set()


def trust_the_broker(kiosk: Kiosk) -> None:
    """Take the broker's acknowledgement for the database's, as a common outbox does."""
    dispatch = kiosk.forwarder._dispatch
    assert dispatch
    genuine = dispatch.acknowledged

    def acknowledged(message_id: int, code: int) -> Parcel | None:
        parcel = genuine(message_id, code)
        if parcel and code == 0:
            dispatch._receipts += [
                Receipt(entity=one.entity, key=one.key, rev=one.rev, hash=one.hash, status="stored")
                for one in parcel.changes
            ]
        return parcel

    dispatch.acknowledged = acknowledged  # type: ignore[method-assign]


def tell(*words: str) -> None:
    print(*words, flush=True)


async def run(options: argparse.Namespace) -> None:
    stop = service.stop_event()
    trainer = Trainer(options.life)

    async def train(kiosk: Kiosk) -> None:
        if options.trust_puback:
            trust_the_broker(kiosk)
        await trainer.run(kiosk)

    config = Config(
        web=WebConfig(host="127.0.0.1", port=options.port),
        sync=SyncConfig(broker=options.broker),
        storage=StorageConfig(folder=str(options.state)),
    )
    await run_agent(config, options.state, options.state / "vision.sock", stop, companions=(train,))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("broker")
    parser.add_argument("life", help="told apart from other lives of the same kiosk in the keys of its sessions")
    parser.add_argument("--trust-puback", action="store_true")
    log.configure("error")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
