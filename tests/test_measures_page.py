"""The page about what is measured says what the exercises' files and the records say."""

import pytest

from docs.make_measures import PAGE, page
from edge_agent.coaching.exercise import load_exercises
from edge_agent.records import Rep
from edge_agent.sessions.set_figures import SetFigures

TEXT = PAGE.read_text(encoding="utf-8")
_COUNTED = ("number",)


def test_the_tables_are_those_of_the_exercises() -> None:
    assert page() == TEXT, "run: python -m docs.make_measures"


@pytest.mark.parametrize("name", [name for name in Rep.__annotations__ if name not in _COUNTED])
def test_each_figure_of_a_rep_is_explained(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("name", SetFigures.__annotations__)
def test_each_figure_of_a_set_is_explained(name: str) -> None:
    words = {
        "rom_deg": "mean range",
        "eccentric_s": "mean tempo",
        "pause_s": "mean tempo",
        "concentric_s": "mean tempo",
    }
    assert words.get(name, name.replace("_", " ")) in TEXT


@pytest.mark.parametrize("exercise", load_exercises().values(), ids=lambda exercise: exercise.key)
def test_each_exercise_has_its_row(exercise: object) -> None:
    assert f"\n| {exercise.name} | " in TEXT  # type: ignore[attr-defined]
