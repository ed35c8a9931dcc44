"""The regression gate's figures: `python -m tests.tracks.figures` measures them anew and writes `figures.json`.

Write them anew when they have become better, or when what is judged has changed; the differences are printed.
"""

from pathlib import Path

import msgspec

from edge_agent.coaching.exercise import load_exercises
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.gate import Gate, falls, measure

FOLDER = Path(__file__).parent
FIGURES = FOLDER / "figures.json"


def compare() -> tuple[Gate, list[str]]:
    """Return what is reached now, and what of it has fallen."""
    exercises = load_exercises()
    clips = find_clips(FOLDER, FOLDER / "no-films-here", exercises)
    reached = measure(clips, exercises)
    before = msgspec.json.decode(FIGURES.read_bytes(), type=Gate) if FIGURES.exists() else reached
    return reached, falls(reached, before, clips)


def main() -> None:
    reached, fallen = compare()
    print("\n".join(fallen or ["nothing has fallen"]))
    for name, passed in reached.data_sets.items():
        print(f"{name}: {passed.clips} recordings, OBO {passed.obo}, exact {passed.exact}, MAE {passed.mae}")
    FIGURES.write_bytes(msgspec.json.format(msgspec.json.encode(reached), indent=1) + b"\n")


if __name__ == "__main__":
    main()
