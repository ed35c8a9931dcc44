"""The regression gate's figures: `python -m tests.tracks.figures` measures them anew and writes them.

`figures.json` is of the tracks here, `published.json` of RepCount's in ../shared/data, which no repository may hold.
Write them anew when they have become better, or when what is judged has changed; what fell is printed.
"""

from pathlib import Path

import msgspec

from edge_agent.coaching.exercise import load_exercises
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.gate import Gate, falls, measure
from tests.shared_data import SHARED

FOLDER = Path(__file__).parent
HERE = (FOLDER, FOLDER / "figures.json")
PUBLISHED = (SHARED / "tracks", FOLDER / "published.json")
"""Where the tracks are, and the file of their figures."""
RECOGNISED = True
"""Whether counting without being told the exercise is held, too."""


def compare(tracks: Path, figures: Path) -> tuple[Gate, list[str]]:
    """Return what is reached now, and what of it has fallen."""
    exercises = load_exercises()
    clips = find_clips(tracks, tracks / "no-films-here", exercises)
    reached = measure(clips, exercises, recognised=RECOGNISED)
    before = msgspec.json.decode(figures.read_bytes(), type=Gate) if figures.exists() else reached
    return reached, falls(reached, before, clips)


def main() -> None:
    for tracks, figures in (HERE, PUBLISHED):
        if not tracks.is_dir():
            print(f"{figures.name}: left alone, there is no {tracks}")
            continue
        reached, fallen = compare(tracks, figures)
        print(f"{figures.name}:", *(fallen or ["nothing has fallen"]), sep="\n")
        for name, passed in reached.passed.items():
            print(f"{name}: {passed.clips} recordings, OBO {passed.obo}, exact {passed.exact}, MAE {passed.mae}")
        figures.write_bytes(msgspec.json.format(msgspec.json.encode(reached), indent=1) + b"\n")


if __name__ == "__main__":
    main()
