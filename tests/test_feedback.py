from edge_agent.records import ExerciseEntry, Fault, Rep, WorkoutSet
from edge_agent.sessions.feedback import feedback_points


def rep(**changes: object) -> Rep:
    return Rep(**({"number": 1, "start_s": 0.0, "end_s": 2.0, "concentric_s": 1.0} | changes))  # type: ignore[arg-type]


def entry(*reps: Rep) -> ExerciseEntry:
    done = WorkoutSet(number=1, started_at="", ended_at="", reps_full=sum(r.full for r in reps), reps=reps)
    return ExerciseEntry(order=1, exercise="squat", name="Squat", sets=(done,))


def test_the_full_reps_and_the_mean_range_are_told() -> None:
    points = feedback_points((entry(rep(rom_deg=90.0), rep(rom_deg=100.0), rep(full=False, rom_deg=50.0)),))
    assert points == ("Squat: 2 of 3 reps over the full range, 80° on average.",)


def test_a_range_that_was_not_seen_is_not_told() -> None:
    assert feedback_points((entry(rep()),)) == ("Squat: 1 of 1 reps over the full range.",)


def test_the_most_frequent_fault_comes_with_its_count() -> None:
    lean = Fault(key="lean", text="Chest up", value=50, threshold=42, unit="deg")
    points = feedback_points((entry(rep(faults=(lean,)), rep(faults=(lean,)), rep()),))
    assert "Squat: Chest up in 2 of 3 reps." in points


def test_a_slowing_set_is_told_with_its_share() -> None:
    speeds = [1.0, 1.0, 1.1, 1.2, 1.5, 1.5]
    points = feedback_points((entry(*(rep(concentric_s=one) for one in speeds)),))
    assert points[-1] == "Squat: the last reps were 50 % slower than the first."


def test_a_steady_set_is_not_called_slow() -> None:
    points = feedback_points((entry(*(rep() for _ in range(6))),))
    assert not [point for point in points if "slower" in point]


def test_doubtful_reps_are_told() -> None:
    points = feedback_points((entry(rep(), rep(doubtful=True)),))
    assert points[-1] == "Squat: 1 of 2 reps could not be seen well enough to be sure."


def test_a_session_without_reps_has_no_feedback() -> None:
    assert feedback_points((entry(),)) == ()
