from pathlib import Path

import numpy as np
import pytest

from edge_agent.config import PoseConfig
from edge_agent.errors import ConfigError
from edge_agent.offline.recordings import Seen, open_recording
from tests.films import make_film, number_of, slow_second_half, turn_film

TRACKS = Path(__file__).parent / "tracks"


def seen_in(path: Path) -> list[Seen]:
    return list(open_recording(path, PoseConfig()).frames())


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as told:
        seen_in(path)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_film_is_read_frame_by_frame_with_its_pictures(tmp_path: Path) -> None:
    seen = seen_in(make_film(tmp_path / "a.mp4", 5))
    assert [number_of(one.picture) for one in seen if one.picture is not None] == [0, 1, 2, 3, 4]
    assert [one.frame.time_s for one in seen] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_a_film_is_told_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    film = make_film(tmp_path / "a.mp4", 3).rename(tmp_path / "a.npz")
    assert len(seen_in(film)) == 3


def test_a_track_is_told_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "squats.mp4"
    path.write_bytes((TRACKS / "jack_front.npz").read_bytes())
    seen = seen_in(path)
    assert seen[10].frame.pose
    assert all(one.picture is None for one in seen)


def test_more_than_thirty_frames_a_second_are_thinned(tmp_path: Path) -> None:
    times_s = [one.frame.time_s for one in seen_in(make_film(tmp_path / "a.mp4", 24, fps=120.0))]
    assert times_s == pytest.approx([number / 30 for number in range(6)])


def test_fifty_frames_a_second_leave_thirty(tmp_path: Path) -> None:
    assert len(seen_in(make_film(tmp_path / "a.mp4", 50, fps=50.0))) == 30


def test_times_of_a_film_of_varying_rate_are_those_in_the_file(tmp_path: Path) -> None:
    film = slow_second_half(make_film(tmp_path / "a.mp4", 6), 6)
    assert [one.frame.time_s for one in seen_in(film)] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.6, 0.9])


def test_a_film_of_an_upright_phone_is_seen_upright(tmp_path: Path) -> None:
    frame = seen_in(turn_film(make_film(tmp_path / "a.mp4", 2)))[0].frame
    assert (frame.width, frame.height) == (48, 64)


def test_a_large_film_is_reduced(tmp_path: Path) -> None:
    frame = seen_in(make_film(tmp_path / "a.mp4", 1, size=(2560, 1440)))[0].frame
    assert (frame.width, frame.height) == (1280, 720)


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "avi"])
def test_a_whole_film_is_read_and_a_cut_off_one_is_refused(tmp_path: Path, suffix: str) -> None:
    film = make_film(tmp_path / f"a.{suffix}", 20)
    assert len(seen_in(film)) == 20
    film.write_bytes(film.read_bytes()[:-50])
    assert "cut off" in refusal(film) or "not a video" in refusal(film)


def test_a_trimmed_film_that_hides_its_end_is_whole(tmp_path: Path) -> None:
    film = make_film(tmp_path / "a.mp4", 20)
    show_only(film, 1.0)
    assert len(seen_in(film)) == 10


def show_only(path: Path, seconds: float) -> None:
    """Let the edit list end the film early, as a phone does when somebody trims it."""
    film = bytearray(path.read_bytes())
    scale = int.from_bytes(film[film.index(b"mvhd") + 16 :][:4])
    entry = film.index(b"elst") + 12
    film[entry : entry + 4] = round(seconds * scale).to_bytes(4)
    path.write_bytes(film)


def test_a_film_cut_before_its_index_is_refused(tmp_path: Path) -> None:
    film = make_film(tmp_path / "a.mp4", 20)
    film.write_bytes(film.read_bytes()[:600])
    assert "cut off" in refusal(film) or "not a video" in refusal(film)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.mp4")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "not even a file" in refusal(tmp_path)


def test_a_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("squats on Monday\n")
    assert "not a video" in refusal(tmp_path / "notes.txt")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert "empty" in refusal(tmp_path / "empty.mp4")


def test_a_zip_that_is_no_track_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", fps=30, steps=np.zeros(3))
    assert "a landmark track has" in refusal(tmp_path / "other.npz")


def test_a_cut_off_track_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.npz").write_bytes((TRACKS / "jack_front.npz").read_bytes()[:5000])
    assert "not a landmark track" in refusal(tmp_path / "cut.npz")


def test_a_track_without_frames_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "none.npz", fps=30, landmarks=np.zeros((0, 33, 4)))
    assert "no frames" in refusal(tmp_path / "none.npz")
