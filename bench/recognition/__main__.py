"""`python -m bench.recognition FOLDER [FOLDER ...]`: learn from recordings with truth and write the shipped model.

The folders are as for `edge-agent evaluate`. Printed is how people are judged whom the model has not seen. With
`--folds FILE` the models by which they are judged are written, for `edge-agent evaluate --models`, and the shipped one
is left alone.
"""

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

import msgspec

import edge_agent.coaching.recognition
from bench.recognition.fitting import Judged, cross_validated, fit, folds
from bench.recognition.windows import drawn, recorded
from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import EdgeError
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.film_tracks import default_cache
from edge_agent.evaluation.folds import Folds

_MODEL = Path(edge_agent.coaching.recognition.__file__).parent / "model.json"


def main(folders: list[str], folds_file: Path | None) -> None:
    """Learn from the recordings in `folders`."""
    keys = load_exercises()
    clips = [clip for folder in folders for clip in find_clips(Path(folder), default_cache(), keys)]
    clips = [clip for clip in clips if not clip.truth.exercise or clip.truth.exercise in keys]
    real = [one for clip in clips for one in recorded([clip], random.Random(clip.name))]  # noqa: S311 - always the same
    figure = list(drawn(random.Random(3)))  # noqa: S311
    found = list(cross_validated(real, figure))
    _tell([one for _, judged in found for one in judged])
    if folds_file:
        models = Folds(models=tuple(model for model, _ in found), fold_of=folds(real))
        folds_file.parent.mkdir(parents=True, exist_ok=True)
        folds_file.write_bytes(msgspec.json.encode(models) + b"\n")
    else:
        _MODEL.write_bytes(msgspec.json.encode(fit([*real, *figure])) + b"\n")


def _tell(judged: list[Judged]) -> None:
    right = sum(one.key == one.taken_for for one in judged)
    print(f"{len(judged)} recordings of people not seen in training: {right / len(judged):.3f} judged rightly")
    print(f"of their windows: {sum(one.right_share for one in judged) / len(judged):.3f}")
    confused = Counter((one.key, one.taken_for) for one in judged)
    for (key, taken_for), count in sorted(confused.items()):
        print(f"{key or 'no exercise':20s} taken for {taken_for or 'no exercise':20s} {count}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.recognition", description="Learn to recognise exercises.")
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="recordings, as for edge-agent evaluate")
    parser.add_argument("--folds", type=Path, metavar="FILE", help="write only the models of the cross-validation")
    options = parser.parse_args()
    try:
        main(options.folders, options.folds)
    except EdgeError as error:
        sys.exit(f"bench.recognition: {error}")
