"""Collects the tracks of the regression gate: `python -m tests.tracks.collect`, where ../shared/data is.

`real/` gets our own estimator's tracks of real people (figures only, no picture), the smallest that fit into 4 MB and
the negatives; `manifest.json` there and in this folder say what is true of each track.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from edge_agent.evaluation.film_tracks import default_cache, film_landmarks, kept_name
from tests.shared_data import SHARED

FOLDER = Path(__file__).parent
_ROOM_BYTES = 3_900_000
_TRUTH = ("exercise", "view", "true_reps", "rep_times_s", "hold_s")
_REP = ("t_start", "t_turn_start", "t_turn_end", "t_end", "partial", "rom_deg", "eccentric_s", "concentric_s", "fault")


def collect_real() -> list[dict[str, Any]]:
    """Copy the tracks and return what is true of them."""
    listed = {Path(one["file"]).stem: one for one in json.loads((SHARED / "clips/manifest.json").read_text())}
    kept = {name: _kept(SHARED / "clips" / f"{name}.mp4") for name in listed}
    negative = [name for name, one in listed.items() if not one["true_reps"] and not one["hold_s"]]
    chosen: list[str] = []
    room = _ROOM_BYTES
    for name in [*negative, *sorted(set(kept) - set(negative), key=lambda name: kept[name].stat().st_size)]:
        room -= kept[name].stat().st_size
        if room < 0:
            break
        chosen.append(name)
        shutil.copyfile(kept[name], FOLDER / "real" / f"{name}.npz")
    sources = sorted({one["source_repo"] for one in listed.values()})
    return [
        {"file": f"{name}.npz", "source": str(sources.index(listed[name]["source_repo"]))}
        | {key: listed[name][key] for key in _TRUTH}
        for name in sorted(chosen)
    ]


def describe_rendered() -> list[dict[str, Any]]:
    """Return what is true of the tracks of the rendered clips."""
    return [_described(json.loads(path.read_text())) for path in sorted((SHARED / "rendered").glob("*.json"))]


def _described(story: dict[str, Any]) -> dict[str, Any]:
    hold = story["hold"]
    return {
        "file": f"{story['id']}.npz",
        "exercise": story["exercise"],
        "view": story["view"]["name"],
        "true_reps": story["expected"]["full_reps"],
        "true_partial_reps": story["expected"]["partial_reps"],
        "hold_s": [hold["t_start"], hold["t_end"]] if hold else None,
        "reps": [{key: rep[key] for key in _REP} for rep in story["reps"]],
    }


def _kept(film: Path) -> Path:
    cache = default_cache()
    film_landmarks(film, cache)
    return cache / kept_name(film)


def _write(path: Path, entries: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    path.write_text(f"[\n{lines}\n]\n")


def main() -> None:
    (FOLDER / "real").mkdir(exist_ok=True)
    _write(FOLDER / "real" / "manifest.json", collect_real())
    _write(FOLDER / "manifest.json", describe_rendered())


if __name__ == "__main__":
    main()
