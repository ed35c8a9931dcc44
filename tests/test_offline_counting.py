import msgspec
import pytest

from edge_agent.coaching.exercise import load_exercises
from edge_agent.errors import ConfigError
from edge_agent.offline.counting import CountResult, count_frames
from edge_agent.records import PoseFrame
from tests.rendered_tracks import TRUTH, track

EXERCISES = load_exercises()


@pytest.mark.parametrize("name", TRUTH)
def test_a_recording_is_counted_as_it_truly_was(name: str) -> None:
    exercise, full, partial = TRUTH[name]
    result = count_frames(track(name), EXERCISES, exercise)
    assert (result.exercise, result.reps, result.partial_reps) == (exercise, full, partial)


def test_doubtful_reps_are_counted_and_told() -> None:
    hidden = [_with_visibility(frame, 0.05) for frame in track("squat_side_clean")]
    result = count_frames(hidden, EXERCISES, "squat")
    assert result.doubtful_reps == sum(rep.doubtful for rep in result.rep_details)
    assert result.doubtful_reps > 0 or result.reps == 0


def test_a_long_rest_makes_two_sets() -> None:
    result = count_frames(_with_rest(12), EXERCISES, "squat")
    assert [(one.reps, one.exercise) for one in result.sets] == [(6, "squat"), (6, "squat")]
    assert [(rep.set_number, rep.number) for rep in result.rep_details[5:8]] == [(1, 6), (2, 1), (2, 2)]


def test_a_short_rest_makes_one_set() -> None:
    result = count_frames(_with_rest(4), EXERCISES, "squat")
    assert [one.reps for one in result.sets] == [12]


def test_times_are_those_of_the_recording() -> None:
    later = [msgspec.structs.replace(frame, time_s=frame.time_s + 100) for frame in track("squat_side_clean")]
    (one,) = count_frames(later, EXERCISES, "squat").sets
    (same,) = count_frames(track("squat_side_clean"), EXERCISES, "squat").sets
    assert one.start_s == pytest.approx(same.start_s + 100, abs=0.02)


def test_an_empty_recording_has_no_sets() -> None:
    result = count_frames((), EXERCISES, "squat")
    assert (result.exercise, result.reps, result.sets) == ("squat", 0, ())


def test_a_result_survives_its_own_json() -> None:
    result = count_frames(track("squat_front_shallow"), EXERCISES, "squat")
    text = msgspec.json.encode(result)
    assert msgspec.json.decode(text, type=CountResult) == result
    assert msgspec.json.decode(text)["rep_details"][0]["set"] == 1


def test_an_unknown_exercise_is_refused_with_a_near_match() -> None:
    with pytest.raises(ConfigError, match="no exercise 'sqat'; did you mean 'squat'"):
        count_frames((), EXERCISES, "sqat")


def _with_rest(seconds: float) -> list[PoseFrame]:
    """One clip twice, with somebody standing still in between."""
    first = track("squat_side_clean")
    end_s = first[-1].time_s
    still = [msgspec.structs.replace(first[-1], time_s=end_s + step / 30) for step in range(1, int(seconds * 30))]
    return [*first, *still, *(msgspec.structs.replace(one, time_s=one.time_s + end_s + seconds) for one in first)]


def _with_visibility(frame: PoseFrame, visibility: float) -> PoseFrame:
    if frame.pose is None:
        return frame
    image = tuple((x, y, z, visibility) for x, y, z, _ in frame.pose.image)
    return msgspec.structs.replace(frame, pose=msgspec.structs.replace(frame.pose, image=image))


def test_without_a_key_the_exercise_is_recognised() -> None:
    result = count_frames(track("pushup_side_clean"), EXERCISES, None)
    assert (result.exercise, result.reps) == ("push_up", 8)


def test_without_a_key_nothing_is_counted_where_nothing_is_trained() -> None:
    result = count_frames(track("neg_idle_bystander"), EXERCISES, None)
    assert (result.exercise, result.reps, result.sets) == ("", 0, ())
