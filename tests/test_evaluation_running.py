from collections.abc import Sequence

from edge_agent.coaching.exercise import load_exercises
from edge_agent.evaluation.clips import Clip
from edge_agent.evaluation.outcomes import BASELINES, OURS, OURS_RECOGNISED
from edge_agent.evaluation.report import PEOPLE, Evaluation, evaluate
from edge_agent.evaluation.running import Plan, Task, run, tasks_of, wrong_exercises
from edge_agent.evaluation.tables import Table, markdown, plain, tables
from tests.evaluation_parts import clip, squatting

KEYS = ("biceps_curl", "lunge", "push_up", "squat")
EXERCISES = load_exercises()
KNOWN = Plan(recognised=False, wrong_shown=False)
BOTTOMS_S = (2.0, 4.0, 6.0)


def tasks(one: Clip, plan: Plan) -> list[Task]:
    return list(tasks_of(one, EXERCISES, plan))


def evaluated(clips: Sequence[Clip], plan: Plan = KNOWN, processes: int = 1) -> Evaluation:
    exercises = {"squat": EXERCISES["squat"]}
    return evaluate(clips, exercises, run(clips, exercises, plan, processes))


def squats(name: str = "one", source: str = "me") -> Clip:
    return clip(squatting(*BOTTOMS_S), *BOTTOMS_S, name=name, source=source)


def test_each_counter_is_shown_the_exercise() -> None:
    assert [task.counter for task in tasks(clip(), KNOWN)] == [OURS, *BASELINES]


def test_without_baselines_only_ours_is_run() -> None:
    plan = Plan(recognised=False, wrong_shown=False, baselines=False)
    assert [task.counter for task in tasks(clip(), plan)] == [OURS]


def test_recognition_is_shown_nothing() -> None:
    plan = Plan(known=False)
    assert tasks(clip(), plan) == [Task(counter=OURS_RECOGNISED, shown=None)]


def test_each_perturbation_is_counted_beside_the_recording_as_it_is() -> None:
    plan = Plan(recognised=False, wrong_shown=False, baselines=False, perturbations=("jitter",))
    assert [task.condition for task in tasks(clip(), plan)] == ["", "jitter"]


def test_an_exercise_that_we_have_no_counter_for_is_left_out_and_told() -> None:
    found = evaluated([clip(exercise="pommel_horse")])
    assert found.left_out == {"pommel_horse": 1}
    assert found.clips == ()


def test_what_shows_no_exercise_is_counted_as_every_one() -> None:
    assert wrong_exercises(clip(exercise=""), KEYS) == list(KEYS)


def test_what_shows_an_exercise_is_counted_as_two_others() -> None:
    wrong = wrong_exercises(clip(exercise="squat"), KEYS)
    assert len(set(wrong)) == 2
    assert "squat" not in wrong


def test_the_timer_of_each_hold_is_tried_on_everything_else() -> None:
    plan = Plan(recognised=False, baselines=False)
    assert Task(counter=OURS, shown="plank") in tasks(clip(), plan)
    assert tasks(clip(exercise="plank"), plan).count(Task(counter=OURS, shown="plank")) == 1


def test_our_counter_counts_a_made_up_squat() -> None:
    score = evaluated([squats()]).find(OURS, "all", PEOPLE)
    assert score
    assert score.exact.value == 1


def test_two_processes_find_what_one_finds() -> None:
    clips = [squats("one"), squats("two", source="you")]
    assert evaluated(clips, processes=2) == evaluated(clips)


def test_what_is_rendered_is_no_part_of_all_people() -> None:
    found = evaluated([clip(squatting(*BOTTOMS_S), *BOTTOMS_S, rendered=True)])
    assert found.find(OURS, "all", PEOPLE) is None
    assert found.find(OURS, "data set", "made up")


def test_a_wrong_exercise_is_no_part_of_the_score() -> None:
    exercises = {key: EXERCISES[key] for key in ("squat", "push_up")}
    one = [squats()]
    found = evaluate(one, exercises, run(one, exercises, Plan(recognised=False, baselines=False)))
    score = found.find(OURS, "data set", "made up")
    assert score
    assert score.clips == 1
    assert found.false_reps[0].wrong_exercise_shown is not None


def test_the_tables_are_as_wide_as_their_cells() -> None:
    table = Table("key", "Title", ("who", "n"), [("somebody", "12")])
    assert plain(table) == "Title\n\nwho        n\nsomebody  12"


def test_a_table_of_a_page_has_its_figures_on_the_right() -> None:
    table = Table("key", "Title", ("who", "n"), [("somebody", "12")])
    assert markdown(table) == "| who | n |\n| --- | --: |\n| somebody | 12 |"


def test_a_counter_that_was_not_run_has_no_column() -> None:
    found = evaluated([squats()], Plan(recognised=False, wrong_shown=False, baselines=False))
    by_exercise = next(table for table in tables(found) if table.key == "exercise")
    assert by_exercise.header == ("exercise", "n", "OBO ours", "exact [95 %]", "MAE [95 %]", "F1 [95 %]")


def test_what_is_told_of_the_rendered_is_judged_under_each_perturbation() -> None:
    plan = Plan(recognised=False, wrong_shown=False, baselines=False, perturbations=("mirrored",))
    rendered = clip(squatting(*BOTTOMS_S), *BOTTOMS_S, name="drawn", rendered=True)
    found = evaluated([rendered, squats("somebody")], plan)
    assert [(one.condition, one.exact, one.quality.reps) for one in found.disturbed] == [("", 1, 3), ("mirrored", 1, 3)]
    disturbed = next(table for table in tables(found) if table.key == "disturbed")
    assert [row[0] for row in disturbed.rows] == ["as it is", "mirrored"]


def test_without_perturbations_there_is_no_table_of_them() -> None:
    assert "disturbed" not in [table.key for table in tables(evaluated([squats()]))]


def test_a_miss_by_more_than_one_is_listed() -> None:
    found = evaluated([clip(squatting(2.0, 4.0), name="missed", full_reps=5)])
    misses = next(table for table in tables(found) if table.key == "misses")
    assert misses.rows[0][:5] == ("missed", "squat", "unknown", "5", "2")
