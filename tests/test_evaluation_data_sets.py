import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge_agent.errors import ConfigError
from edge_agent.evaluation.clips import Clip, frames_of, landmarks_of
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.exercise_names import our_exercise
from edge_agent.evaluation.film_tracks import default_cache, film_landmarks, kept_name
from tests.evaluation_parts import squatting

OURS = {"squat", "push_up", "biceps_curl", "front_raise"}


def write_track(path: Path) -> None:
    landmarks = squatting(2.0)
    path.parent.mkdir(exist_ok=True)
    np.savez(path, image=landmarks.image, world=landmarks.world, fps=20.0, width=640, height=480)


def write_published(path: Path) -> None:
    bounds = np.array([[20.0, 60.0], [60.0, 100.0]])
    np.savez(path, landmarks=squatting(2.0).image, fps=20.0, exercise="squat", reps=2, rep_bounds=bounds)


def find(folder: Path) -> list[Clip]:
    return find_clips(folder, folder / "cache", OURS)


def listed(folder: Path, **entry: Any) -> Clip:
    write_track(folder / "one.npz")
    whole = {"file": "clips/one.npz", "exercise": "squat", "true_reps": 1, **entry}
    (folder / "manifest.json").write_text(json.dumps([whole]))
    return find(folder)[0]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("squat", "squat"),
        ("squat_wall_ball", "squat"),
        ("pushup_decline", "push_up"),
        ("curl_alternating", "biceps_curl"),
        ("pommel_horse", "pommel_horse"),
        ("walking", ""),
    ],
)
def test_a_name_of_a_data_set_is_one_of_our_exercises(name: str, key: str) -> None:
    assert our_exercise(name, OURS) == key


def test_an_exercise_of_the_very_name_comes_before_the_one_it_begins_with() -> None:
    assert our_exercise("squat_sumo", {*OURS, "squat_sumo"}) == "squat_sumo"


def test_a_listed_recording_has_the_truth_of_its_entry(tmp_path: Path) -> None:
    truth = listed(tmp_path, view="front45", rep_times_s=[2.0], source_repo="gym").truth
    assert (truth.exercise, truth.full_reps, truth.view, truth.source) == ("squat", 1, "oblique", "gym")
    assert truth.reps[0].middle_s == 2


def test_a_listed_hold_lasts_from_its_begin_to_its_end(tmp_path: Path) -> None:
    assert listed(tmp_path, exercise="plank", true_reps=0, hold_s=[3.0, 10.5]).truth.hold_s == 7.5


def test_a_data_set_is_called_like_its_folder(tmp_path: Path) -> None:
    assert listed(tmp_path / "people").data_set == "people"


def test_a_published_track_tells_its_reps_by_frames(tmp_path: Path) -> None:
    write_published(tmp_path / "stu4_27.npz")
    truth = find(tmp_path)[0].truth
    assert [rep.middle_s for rep in truth.reps] == [2.0, 4.0]
    assert truth.source == "stu4"


def test_a_track_without_truth_is_no_part_of_a_data_set(tmp_path: Path) -> None:
    write_published(tmp_path / "stu1_1.npz")
    write_track(tmp_path / "two.npz")
    assert [clip.name for clip in find(tmp_path)] == ["stu1_1"]


def test_data_sets_below_the_folder_are_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write_published(tmp_path / "a" / "stu1_1.npz")
    listed(tmp_path / "b")
    assert [clip.data_set for clip in find(tmp_path)] == ["a", "b"]


def test_a_folder_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no recordings with known counts"):
        find(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        find(tmp_path / "nowhere")


def test_a_broken_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ConfigError, match=r"manifest\.json"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"exercise": 7}, r"\[0\]: Expected `str`, got `int` - at `\$.exercise`"),
        ({"true_reps": "six"}, "true_reps"),
        ({"true_reps": -1}, "true_reps"),
        ({"hold_s": 5}, "hold_s"),
        ({"rep_times_s": ["soon"]}, "rep_times_s"),
        ({"reps": [{}]}, "t_start"),
        ({"file": "gone.mp4"}, r"gone\.mp4: no such film"),
        ({"file": "gone.npz"}, r"gone\.npz: not a landmark track"),
    ],
)
def test_an_entry_that_makes_no_sense_is_one_line_with_file_and_key(
    tmp_path: Path, entry: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        listed(tmp_path, **entry)
    assert str(tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_rendered_film_s_truth_is_checked(tmp_path: Path) -> None:
    write_film(tmp_path / "film.avi")
    (tmp_path / "film.json").write_text('{"exercise": "squat", "expected": {}, "reps": [], "view": {"name": "side"}}')
    with pytest.raises(ConfigError, match=r"film\.json.*full_reps"):
        find(tmp_path)


def test_landmarks_are_the_frames_and_the_frames_the_landmarks() -> None:
    landmarks = squatting(2.0)
    landmarks.image[5], landmarks.world[5] = np.nan, np.nan
    again = landmarks_of(list(frames_of(landmarks)))
    assert np.array_equal(again.image, landmarks.image, equal_nan=True)
    assert np.array_equal(again.times_s, landmarks.times_s)


def write_film(path: Path, frames: int = 3) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 64))
    for _ in range(frames):
        writer.write(np.zeros((64, 64, 3), np.uint8))
    writer.release()
    return path


def test_the_landmarks_of_a_film_are_made_once(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.avi")
    assert len(film_landmarks(film, tmp_path / "cache").times_s) == 3
    kept = tmp_path / "cache" / kept_name(film)
    before = kept.stat().st_mtime_ns
    film_landmarks(film, tmp_path / "cache")
    assert kept.stat().st_mtime_ns == before


def test_another_film_of_the_same_name_has_landmarks_of_its_own(tmp_path: Path) -> None:
    first = kept_name(write_film(tmp_path / "film.avi"))
    assert kept_name(write_film(tmp_path / "film.avi", frames=4)) != first


def test_what_is_no_film_is_refused_and_not_kept(tmp_path: Path) -> None:
    broken = tmp_path / "film.avi"
    broken.write_bytes(b"no film")
    with pytest.raises(ConfigError, match=r"film\.avi"):
        film_landmarks(broken, tmp_path / "cache")
    assert not list(tmp_path.glob("cache/*"))


def test_the_cache_is_where_the_system_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "edge-agent" / "tracks"
