"""The table of who may do what, row by row."""

import pytest

from edge_agent.members.rights import (
    Asker,
    Deed,
    Owned,
    may_control,
    may_run_kiosk,
    may_see_sync,
    may_use_training,
    may_watch,
)

NOBODY, SCREEN = Asker(), Asker(here=True)
ANN, BOB = Asker(user_id="ann"), Asker(user_id="bob")
CARL = Asker(user_id="carl", role="coach")
OLGA = Asker(user_id="olga", role="owner")

ANNS, SHARED = Owned(user_id="ann"), Owned(user_id="ann", coaches=("carl",))
UNNAMED, FRESH = Owned(user_id="guest", unnamed=True), Owned(user_id="guest", unnamed=True, claimable=True)


@pytest.mark.parametrize(
    ("asker", "of", "deeds"),
    [
        (NOBODY, ANNS, ""),
        (SCREEN, ANNS, ""),
        (ANN, ANNS, "read change"),
        (BOB, ANNS, ""),
        (CARL, ANNS, ""),
        (CARL, SHARED, "read"),
        (Asker(user_id="carl"), SHARED, ""),
        (OLGA, ANNS, ""),
        (OLGA, SHARED, ""),
        (NOBODY, FRESH, ""),
        (BOB, UNNAMED, ""),
        (BOB, FRESH, "read"),
        (OLGA, UNNAMED, "read change"),
    ],
)
def test_training_belongs_to_who_did_it(asker: Asker, of: Owned, deeds: str) -> None:
    both: tuple[Deed, ...] = ("read", "change")
    assert [deed for deed in both if may_use_training(asker, deed, of, claimed=True)] == deeds.split()


def test_before_the_claim_unnamed_training_is_open_and_named_is_not() -> None:
    assert may_use_training(NOBODY, "change", UNNAMED, claimed=False)
    assert not may_use_training(NOBODY, "read", ANNS, claimed=False)


def test_only_the_owner_runs_the_kiosk() -> None:
    assert [may_run_kiosk(one) for one in (NOBODY, SCREEN, ANN, CARL, OLGA)] == [False] * 4 + [True]


def test_somebody_who_is_not_signed_in_is_no_owner() -> None:
    assert not may_run_kiosk(Asker(role="owner"))


def test_the_way_to_the_cloud_is_the_owners_once_there_is_one() -> None:
    assert may_see_sync(NOBODY, claimed=False)
    assert [may_see_sync(one, claimed=True) for one in (NOBODY, SCREEN, ANN, OLGA)] == [False, False, False, True]


def test_the_live_view_is_for_whom_the_settings_say() -> None:
    assert may_watch(NOBODY, claimed=False, everybody=False)
    assert may_watch(NOBODY, claimed=True, everybody=True)
    assert [may_watch(one, claimed=True, everybody=False) for one in (NOBODY, SCREEN, ANN)] == [False, True, True]


def test_the_trainee_the_screen_and_the_owner_control() -> None:
    assert [may_control(one, "ann", claimed=True) for one in (NOBODY, SCREEN, ANN, BOB, OLGA)] == [
        *(False, True, True, False, True)
    ]


def test_while_nobody_trains_by_name_everybody_signed_in_controls() -> None:
    assert [may_control(one, None, claimed=True) for one in (NOBODY, BOB)] == [False, True]
    assert may_control(NOBODY, None, claimed=False)
