from edge_agent.records import ExerciseEntry, Fault, Rep, WorkoutSet
from edge_agent.sessions.feedback import feedback_points


def rep(**changes: object) -> Rep:
    return Rep(**({"number": 1, "start_s": 0.0, "end_s": 2.0, "concentric_s": 1.0} | changes))  # type: ignore[arg-type]


def entry(*sets: list[Rep]) -> ExerciseEntry:
    done = [
        WorkoutSet(number=n, started_at="", ended_at="", reps_full=sum(r.full for r in reps), reps=tuple(reps))
        for n, reps in enumerate(sets, start=1)
    ]
    return ExerciseEntry(order=1, exercise="squat", name="Squat", sets=tuple(done))


def points(*sets: list[Rep]) -> tuple[str, ...]:
    return feedback_points((entry(*sets),))


def lean(value: float) -> Fault:
    return Fault(key="lean", text="the trunk leaned far forward", value=value, threshold=60, unit="deg")


def test_the_full_reps_and_the_mean_range_are_told() -> None:
    assert points([rep(rom_deg=90.0), rep(rom_deg=100.0), rep(full=False, rom_deg=50.0)]) == (
        "Squat: 2 of 3 reps over the full range, 80° on average.",
    )


def test_a_range_that_was_not_seen_is_not_told() -> None:
    assert points([rep()]) == ("Squat: 1 of 1 reps over the full range.",)


def test_the_most_frequent_fault_comes_with_its_count_and_its_worst_figure() -> None:
    told = points([rep(faults=(lean(64.0),)), rep(faults=(lean(71.3),)), rep()])
    assert "Squat: the trunk leaned far forward in 2 of 3 reps (as far as 71.3°, limit 60)." in told


def test_the_worst_figure_of_a_lower_bound_is_the_lowest() -> None:
    sags = [
        Fault(key="sag", text="the hips sagged", value=v, threshold=-0.1, unit="torso lengths") for v in (-0.2, -0.12)
    ]
    told = points([rep(faults=(sag,)) for sag in sags])
    assert "Squat: the hips sagged in 2 of 2 reps (as far as -0.2 torso lengths, limit -0.1)." in told


def test_two_faults_are_enough_to_work_on() -> None:
    faults = tuple(Fault(key=key, text=key, value=1, threshold=0, unit="deg") for key in ("a", "b", "c"))
    assert len(points([rep(faults=faults)])) == 3


def test_a_set_that_slowed_down_is_told_with_its_share() -> None:
    told = points([rep(concentric_s=one) for one in (1.0, 1.0, 1.1, 1.2, 1.5, 1.5)])
    assert told[-1] == "Squat: the last reps lost 33 % of the speed of the first."


def test_a_set_that_shrank_is_told_with_its_share() -> None:
    told = points([rep(rom_deg=one) for one in (100.0, 100, 90, 80, 70, 70)])
    assert told[-1] == "Squat: the last reps lost 30 % of the speed and 30 % of the range of the first."


def test_of_several_sets_the_most_tiring_is_told() -> None:
    slower = [[rep(concentric_s=one) for one in (1.0, 1.0, 1.0, last)] for last in (1.3, 2.0, 1.0)]
    assert [one for one in points(*slower) if "lost" in one] == [
        "Squat: in set 2 the last reps lost 50 % of the speed of the first."
    ]


def test_a_steady_set_is_not_called_slow() -> None:
    assert not [one for one in points([rep() for _ in range(6)]) if "lost" in one]


def test_sides_that_differ_are_told_with_their_share() -> None:
    assert points([rep(symmetry=0.7), rep(symmetry=0.8)])[-1] == "Squat: one side went 25 % less far than the other."
    assert len(points([rep(symmetry=0.9), rep()])) == 1


def test_doubtful_reps_are_told() -> None:
    assert points([rep(), rep(doubtful=True)])[-1] == ("Squat: 1 of 2 reps could not be seen well enough to be sure.")


def test_a_session_without_reps_has_no_feedback() -> None:
    assert points([]) == ()
