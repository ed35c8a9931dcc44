"""Whatever is said after a workout in English has its words in German."""

import re
from contextvars import copy_context

import pytest

from edge_agent.records import ExerciseEntry, Fault
from edge_agent.sessions.feedback import feedback_points
from tests.fake_training import a_rep, a_session, a_set
from web.feedback import feedback
from web.reader import Reader, read_by

SAG = Fault(key="hip_sag", text="the hips sagged", value=5.9, threshold=1.0, unit="s")
LEAN = Fault(key="forward_lean", text="the trunk leaned forward", value=52.5, threshold=45, unit="deg")
TIRED = tuple(a_rep(n, rom_deg=100.0 - 12 * n, concentric_s=0.8 + 0.2 * n) for n in range(1, 7))
SLOW = tuple(a_rep(n, rom_deg=100.0, concentric_s=0.8 + 0.3 * n) for n in range(1, 7))
SHORT = tuple(a_rep(n, rom_deg=100.0 - 9 * n, concentric_s=1.0 - 0.09 * n) for n in range(1, 7))
UNSEEN = (a_rep(1, rom_deg=None, faults=(LEAN,)), a_rep(2, rom_deg=None, doubtful=True, full=False, symmetry=0.5))

WORKOUTS = {
    "tired": (a_set(1, reps=TIRED),),
    "slow": (a_set(1, reps=SLOW),),
    "short": (a_set(1, reps=SHORT),),
    "tired in the second set": (a_set(1), a_set(2, reps=TIRED)),
    "slow in the second set": (a_set(1), a_set(2, reps=SLOW)),
    "short in the second set": (a_set(1), a_set(2, reps=SHORT)),
    "unseen": (a_set(1, reps=UNSEEN),),
    "held": (a_set(1, reps=(), hold_s=18.9),),
    "held with a fault": (a_set(1, reps=(), hold_s=34.2), a_set(2, reps=(), hold_s=20.7, hold_faults=(SAG,))),
}
ENGLISH_WORDS = re.compile(r"\b(the|of|reps|held|last|one|lost|could|range|less|limit)\b")


def german(point: str, entry: ExerciseEntry) -> str:
    def said() -> str:
        read_by(Reader(language="de"))
        return feedback(point, a_session("s", exercises=(entry,)))

    return copy_context().run(said)


@pytest.mark.parametrize("name", WORKOUTS)
def test_no_english_is_left(name: str) -> None:
    entry = ExerciseEntry(order=1, exercise="squat", name="Squat", sets=WORKOUTS[name])
    points = feedback_points((entry,))
    told = [german(point, entry) for point in points]
    assert points
    assert [one for one in told if ENGLISH_WORDS.search(one) or not one.startswith("Kniebeuge: ")] == []


def test_figures_and_faults_are_the_same() -> None:
    entry = ExerciseEntry(order=1, exercise="squat", name="Squat", sets=WORKOUTS["held with a fault"])
    (point,) = feedback_points((entry,))
    assert point == "Squat: held 54 s in 2 sets, 34 s the longest; the hips sagged 5 s of it."
    assert german(point, entry) == (
        "Kniebeuge: 54 s gehalten in 2 Sätzen, 34 s am längsten; die Hüfte hing durch, 5 s davon."
    )


def test_what_another_program_said_stays() -> None:
    entry = ExerciseEntry(order=1, exercise="squat", name="Squat", sets=())
    assert german("Squat: keep your chest up!", entry) == "Squat: keep your chest up!".replace("Squat", "Kniebeuge")
    assert german("Great job", entry) == "Great job"
