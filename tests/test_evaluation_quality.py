import msgspec
import pytest

from edge_agent.evaluation.clips import Clip, TrueRep
from edge_agent.evaluation.outcomes import Counted, CountedEvent
from edge_agent.evaluation.quality import Quality, false_hold, hold_error_s, quality, recognised
from tests.evaluation_parts import clip, counted

TRUE = TrueRep(middle_s=2.0, rom_deg=100, eccentric_s=1.2, concentric_s=0.8, fault="hip_sag")
TOLD = CountedEvent(middle_s=2.1, rom_deg=94, eccentric_s=1.3, concentric_s=0.75, faults=("hip_sag",))


def judge(true: TrueRep, told: CountedEvent) -> Quality:
    return quality([(with_rep(true), Counted(exercise="squat", full_reps=1, events=(told,)))])


def with_rep(rep: TrueRep) -> Clip:
    whole = clip(None, 2.0, rendered=True)
    return msgspec.structs.replace(whole, truth=msgspec.structs.replace(whole.truth, reps=(rep,)))


def test_range_and_tempo_are_compared_rep_by_rep() -> None:
    found = judge(TRUE, TOLD)
    assert (found.rom_error_deg, found.eccentric_error_s, found.concentric_error_s) == (6, 0.1, 0.05)


def test_a_range_that_is_not_told_is_no_error() -> None:
    found = judge(TRUE, msgspec.structs.replace(TOLD, rom_deg=None))
    assert (found.rom_error_deg, found.rom_told) == (None, 0)


def test_a_fault_that_is_there_and_told_is_right() -> None:
    found = judge(TRUE, TOLD)
    assert (found.fault_precision, found.fault_recall) == (1, 1)


def test_a_fault_that_is_not_there_costs_precision() -> None:
    found = judge(msgspec.structs.replace(TRUE, fault=None), TOLD)
    assert (found.fault_precision, found.fault_recall) == (0, None)


def test_a_fault_that_is_not_told_costs_recall() -> None:
    found = judge(TRUE, msgspec.structs.replace(TOLD, faults=()))
    assert (found.fault_precision, found.fault_recall) == (None, 0)


def test_too_short_a_range_is_no_fault_but_a_partial_rep() -> None:
    found = judge(
        msgspec.structs.replace(TRUE, fault=None, full=False), msgspec.structs.replace(TOLD, faults=("range",))
    )
    assert (found.fault_precision, found.partial_right) == (None, 0)


def test_the_error_of_holds_is_a_mean_of_seconds() -> None:
    whole = clip(exercise="plank")
    plank = msgspec.structs.replace(whole, truth=msgspec.structs.replace(whole.truth, hold_s=10.0))
    told = [Counted(exercise="plank", full_reps=0, hold_s=hold_s) for hold_s in (9.0, 12.0)]
    assert hold_error_s([(plank, one) for one in told]) == pytest.approx(1.5)


def test_time_held_by_mistake_is_a_share() -> None:
    one = clip()
    told = Counted(exercise="plank", full_reps=0, hold_s=one.landmarks.duration_s / 4)
    assert false_hold([(one, told)]) == pytest.approx(0.25)


def test_recognition_is_judged_where_there_is_something_to_recognise() -> None:
    judged = [(clip(), counted()), (clip(exercise="lunge"), counted()), (clip(exercise=""), counted())]
    assert recognised(judged) == 0.5
