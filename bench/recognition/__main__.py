"""`python -m bench.recognition FOLDER [FOLDER ...]`: learn from recordings with truth and write the shipped model.

The folders are as for `edge-agent evaluate`. Printed is how people are judged whom the model has not seen.
"""

import random
import sys
from collections import Counter
from pathlib import Path

import msgspec

import edge_agent.coaching.recognition
from bench.recognition.fitting import cross_validated, fit
from bench.recognition.windows import drawn, recorded
from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import EdgeError
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.film_tracks import default_cache

_MODEL = Path(edge_agent.coaching.recognition.__file__).parent / "model.json"


def main(folders: list[str]) -> None:
    """Learn from the recordings in `folders`."""
    keys = load_exercises()
    clips = [clip for folder in folders for clip in find_clips(Path(folder), default_cache(), keys)]
    clips = [clip for clip in clips if not clip.truth.exercise or clip.truth.exercise in keys]
    real = [one for clip in clips for one in recorded([clip], random.Random(clip.name))]  # noqa: S311 - always the same
    figure = list(drawn(random.Random(3)))  # noqa: S311
    confused: Counter[tuple[str, str]] = Counter()
    shares: list[float] = []
    for _, judged in cross_validated(real, figure):
        confused.update((one.key, one.taken_for) for one in judged)
        shares += [one.right_share for one in judged]
    right = sum(count for (key, taken_for), count in confused.items() if key == taken_for)
    print(f"{len(shares)} recordings of people not seen in training: {right / len(shares):.3f} judged rightly")
    print(f"of their windows: {sum(shares) / len(shares):.3f}")
    for (key, taken_for), count in sorted(confused.items()):
        print(f"{key or 'no exercise':20s} taken for {taken_for or 'no exercise':20s} {count}")
    _MODEL.write_bytes(msgspec.json.encode(fit([*real, *figure])) + b"\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m bench.recognition FOLDER [FOLDER ...]")
    try:
        main(sys.argv[1:])
    except EdgeError as error:
        sys.exit(f"bench.recognition: {error}")
