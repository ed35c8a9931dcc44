"""`edge-agent count`: count what is done in a film or a landmark track."""

import argparse
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec

from edge_agent.coaching.own_exercises import all_exercises
from edge_agent.commands.settings import from_options
from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.offline.annotating import Annotator
from edge_agent.offline.counting import CountResult, RecordingCounter
from edge_agent.offline.film_writer import FilmWriter
from edge_agent.offline.recordings import Recording, open_recording
from edge_agent.offline.summary import ProgressBar, done_words, summary


def main(options: argparse.Namespace) -> int:
    """Count and print; 0 also when nothing was done in the recording. Raises `ConfigError` for what can't be read."""
    path: Path = options.file
    counting = RecordingCounter(all_exercises(from_options(options).session.exercise_folder), options.exercise)
    if options.out and options.out.exists() and path.exists() and options.out.samefile(path):
        raise ConfigError(f"--out: {options.out} is the recording itself; name another file")
    began_s = time.monotonic()
    recording = open_recording(path, PoseConfig(model=options.model, threads=min(4, os.cpu_count() or 1)))
    with _terminable():
        result = _count(recording, counting, options.out)
    if options.json:
        print(msgspec.json.encode(result).decode())
    else:
        print(summary(result, path.name, time.monotonic() - began_s))
        if options.out:
            print(f"Annotated film: {options.out}")
    return 0


def _count(recording: Recording, counting: RecordingCounter, out: Path | None) -> CountResult:
    bar = ProgressBar(recording.length_s)
    with ExitStack() as stack:
        annotator = Annotator(stack.enter_context(FilmWriter(out)), counting) if out else None
        stack.callback(bar.clear)
        for seen in stack.enter_context(closing(recording.frames())):
            progress = counting.see(seen.frame)
            if annotator:
                annotator.add(seen, progress)
            bar.show(seen.frame.time_s, done_words(counting.session.full_reps, counting.hold_s))
        result = counting.finish()
        if annotator:
            annotator.finish(result)
    return result


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end like Ctrl-C: half a film is removed on the way out."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
