"""A gym's own exercises beside the shipped ones: files in a folder that the settings name (`session.exercise_folder`).

Commands refuse a broken file; the kiosk leaves it out and says so, for one exercise must not keep the others from being
counted.
"""

from pathlib import Path

from edge_agent.coaching.exercise import Exercise, load_exercise, load_exercises
from edge_agent.errors import ConfigError
from edge_agent.records import Record


class Found(Record, frozen=True, kw_only=True):
    """The exercises that can be counted, the shipped ones first, and a line for each own file that is broken."""

    exercises: dict[str, Exercise]
    faults: tuple[str, ...] = ()


def all_exercises(folder: str) -> dict[str, Exercise]:
    """Return the shipped exercises and those of the folder. Raises `ConfigError`, a line for each broken file."""
    found = find_exercises(folder)
    if found.faults:
        raise ConfigError("\n".join(found.faults))
    return found.exercises


def find_exercises(folder: str) -> Found:
    """Return the shipped exercises and the sound ones of the folder; of the shipped ones alone when it is empty."""
    exercises = load_exercises()
    if not folder:
        return Found(exercises=exercises)
    shipped = set(exercises)
    try:
        paths = _files(Path(folder).expanduser())
    except ConfigError as error:
        return Found(exercises=exercises, faults=(str(error),))
    faults: list[str] = []
    for path in paths:
        try:
            exercises[path.stem] = _own(path, shipped)
        except ConfigError as error:
            faults.append(str(error))
    return Found(exercises=exercises, faults=tuple(faults))


def _files(folder: Path) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise ConfigError(f"session.exercise_folder: {folder}: cannot be read ({error.strerror})") from error
    if not paths:
        raise ConfigError(f"{folder}: no exercise files (*.toml) there")
    return paths


def _own(path: Path, shipped: set[str]) -> Exercise:
    # Figures, history and recognition go by the key: it must not come to mean another movement.
    if path.stem in shipped:
        raise ConfigError(f"{path}: key: {path.stem!r} is a shipped exercise; give the file another name")
    return load_exercise(path)
