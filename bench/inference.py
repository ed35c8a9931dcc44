"""Pose inference on the demo's clip without pause, as vision does it: what else a kiosk is busy with.

`python -m bench.inference` prints `ready`, then goes on until its input ends, and prints the frames a second.
"""

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import cv2

from bench.clips import DEMO_CLIP, frames
from edge_agent.config import PoseConfig
from edge_agent.pose.opening import open_estimator


@contextmanager
def inferring(told: list[float]) -> Iterator[None]:
    """Keep a process inferring; afterwards `told` has its frames a second."""
    command = [sys.executable, "-m", "bench.inference"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - itself
    try:
        assert process.stdout
        process.stdout.readline()
        yield
    finally:
        told_last, _ = process.communicate()
        if process.returncode == 0:
            told.append(float(told_last))


def _infer(until: threading.Event) -> float:
    cv2.setNumThreads(1)
    clip = list(frames(DEMO_CLIP))
    done, began = 0, time.monotonic()
    with closing(open_estimator(PoseConfig())) as estimator:
        for lap in itertools.count():
            for frame in clip:
                if until.is_set():
                    return done / (time.monotonic() - began)
                estimator.estimate(frame.image, frame.time_s + lap * 1000)
                done += 1
                if done == 1:
                    print("ready", flush=True)
    raise AssertionError


def main() -> None:
    """Infer until the input ends."""
    until = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        until.set()

    threading.Thread(target=wait, daemon=True).start()
    print(f"{_infer(until):.1f}")


if __name__ == "__main__":
    main()
