from pathlib import Path

import pytest

from edge_agent.coaching.exercise import Exercise, load_exercises
from edge_agent.coaching.features import NAMES
from edge_agent.errors import ConfigError

SHIPPED = Path(__file__).resolve().parents[1] / "edge_agent" / "coaching" / "exercises"
SQUAT = (SHIPPED / "squat.toml").read_text(encoding="utf-8")

KEYS = """squat push_up biceps_curl shoulder_press lunge jumping_jack deadlift sit_up pull_up plank front_raise
triceps_pushdown bench_press lateral_raise triceps_extension pommel_horse"""


def refusal(folder: Path, text: str) -> str:
    """Return what is said about a folder whose exercise file holds this text."""
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_exercises(folder)
    return str(refused.value)


def test_the_shipped_exercises_have_the_known_keys() -> None:
    assert set(KEYS.split()) <= load_exercises().keys()


def test_each_shipped_exercise_names_the_source_of_its_met() -> None:
    assert all("Compendium" in exercise.met_source for exercise in load_exercises().values())


def test_the_key_is_the_file_s_name(tmp_path: Path) -> None:
    (tmp_path / "my_squat.toml").write_text(SQUAT, encoding="utf-8")
    assert load_exercises(tmp_path)["my_squat"].key == "my_squat"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('feature = "knee"\nrest = 172', 'feature = "nee"\nrest = 172', "signals[0]: unknown feature 'nee'"),
        ("rest = 172", "rest = 85", "signals[0]: rest and work must be two different numbers"),
        ("rest = 172", "rest = nan", "signals[0]: rest and work must be two different numbers"),
        ("met = 5.0", "met = 0", "met must be more than 0"),
        ("met = 5.0", 'met = "five"', "met: Expected `float`, got `str`"),
        ("met = 5.0", "mett = 5.0", "unknown field `mett`"),
        ('first_half = "eccentric"', 'first_half = "down"', "first_half: Invalid enum value 'down'"),
        ("max_s = 12.0", "max_s = 1.0", "tempo: needs 0 < min_s < usual_s < max_s"),
        ('joint = "ankle"', 'joint = "ankel"', "anchor: unknown joint 'ankel'"),
        ("\nmax = 42", "", "gates[0]: needs min or max"),
        ("\nmax = 42", "\nmax = nan", "gates[0]: min and max must be numbers"),
        ("\nmax = 42", "\nmax = inf", "gates[0]: min and max must be numbers"),
        ("\nmax = 42", "\nmax = 42\nmin = 43", "gates[0]: min and max must be numbers, min the smaller one"),
        ("limit = 1.0", "limit = 0", "anchor: limit must be more than 0"),
        ("max_s = 12.0", "max_s = inf", "tempo: needs 0 < min_s < usual_s < max_s"),
        ("met = 5.0", "met = 5.0\nfull_share = 60", "full_share must be more than 0 and at most 1"),
        ("met = 5.0", "met = 5.0\nfull_excursion = nan", "needs 0 < min_excursion <= full_excursion"),
        ('key = "knees_in"', 'key = "depth"', "faults: 'depth' is there twice"),
        ('name = "Squat"', 'name = ""', "name must not be empty"),
        ('views = ["side"]', 'views = ["above"]', "main_joint.views[0]: Invalid enum value 'above'"),
        ('name = "Squat"', 'key = "squat"', "key: is the file's name"),
        ('name = "Squat"', "name = ", "not valid TOML"),
        ("met = 5.0", f"met = {'5' * 5000}", "not valid TOML"),
        ("met = 5.0", f"met = {'[' * 5000}", "not valid TOML"),
    ],
)
def test_a_broken_file_is_one_line_with_file_and_key(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in SQUAT
    message = refusal(tmp_path, SQUAT.replace(right, wrong, 1))
    assert message.startswith(f"{tmp_path / 'mine.toml'}: ")
    assert said in message
    assert "\n" not in message


def test_a_signal_without_left_and_right_cannot_count_the_arms_apart(tmp_path: Path) -> None:
    text = 'sides = "apart"\n' + SQUAT + '\n[[signals]]\nfeature = "feet_apart"\nrest = 0\nwork = 1\n'
    assert "sides = 'apart' can't use 'feet_apart'" in refusal(tmp_path, text)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"mine\.toml: cannot be read"):
        load_exercises(tmp_path)


def test_a_folder_without_exercises_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no exercise files"):
        load_exercises(tmp_path)


@pytest.mark.parametrize("word", sorted(NAMES | set(Exercise.__struct_fields__) - {"key"}))
def test_each_feature_and_each_key_of_a_file_is_explained(word: str) -> None:
    page = (SHIPPED.parents[2] / "docs" / "exercises.md").read_text(encoding="utf-8")
    assert f"`{word}`" in page or f"`[[{word}]]`" in page
