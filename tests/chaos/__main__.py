"""`python -m tests.chaos [--rounds N] [--store NAME] [--seed N] [--only]`: the account of N rounds of chaos.

The same run with an outbox that takes the broker's acknowledgement for the database's is printed beside it.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.chaos.account import Account
from tests.chaos.arena import Arena
from tests.chaos.clouds import CLOUDS, cloud_named


async def run(store: str, rounds: int, seed: int, *, trusting: bool = False) -> Account:
    """Run that many rounds and settle."""
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, cloud_named(store) as cloud:
        arena = Arena(Path(folder), cloud, seed, trusting=trusting)
        async with arena.running():
            for number in range(1, rounds + 1):
                await arena.round()
                if sys.stderr.isatty():
                    print(f"\rround {number} of {rounds}", end="", file=sys.stderr, flush=True)
            account = await arena.settle()
    befell = ", ".join(f"{name} {count}" for name, count in sorted(arena.befell.items()))
    print(f"{store}: {rounds} rounds in {time.monotonic() - begun_s:.0f} s, seed {seed}: {befell}")
    return account


def main() -> int:
    """Return 1 when anything is lost, doubled or wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--store", choices=CLOUDS, default="sqlite")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", action="store_true", help="leave out the outbox that trusts the broker")
    options = parser.parse_args()
    logging.disable(logging.ERROR)  # that the broker is gone is no news here
    try:
        ours = asyncio.run(run(options.store, options.rounds, options.seed))
    except pytest.skip.Exception as missing:
        print(f"chaos: {missing}", file=sys.stderr)
        return 2
    if not options.only:
        trusting = asyncio.run(run(options.store, options.rounds, options.seed, trusting=True))
        print(f"an outbox that trusts PUBACK: {trusting}")
    print(ours)
    return 0 if ours.clean else 1


if __name__ == "__main__":
    sys.exit(main())
