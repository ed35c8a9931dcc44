import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.members.lockout import (
    FORGOTTEN_AFTER_S,
    FREE_TRIES,
    FREE_TRIES_OF_ACCOUNT,
    LONGEST_WAIT_KNOWN_S,
    LONGEST_WAIT_S,
    HashingBudget,
    Lockout,
    network,
)

OWN, OTHER = "192.0.2.7", "192.0.2.66"


def fail(lockout: Lockout, name: str, address: str, times: int, now_s: float = 0.0) -> None:
    for _ in range(times):
        lockout.failed(name, address, now_s)


def test_some_wrong_tries_are_free() -> None:
    lockout = Lockout()
    fail(lockout, "ann", OWN, FREE_TRIES - 1)
    assert lockout.wait_s("ann", OWN, 0.0) == 0


def test_waits_grow_and_end() -> None:
    lockout, waits = Lockout(), []
    for times in (FREE_TRIES, 1, 1):
        fail(lockout, "ann", OWN, times)
        waits.append(lockout.wait_s("ann", OWN, 0.0))
    assert waits == [2, 4, 8]
    assert lockout.wait_s("ann", OWN, 8.0) == 0


def test_no_wait_is_longer_than_a_quarter_of_an_hour() -> None:
    lockout = Lockout()
    fail(lockout, "ann", OTHER, 5000)
    assert lockout.wait_s("ann", OTHER, 0.0) == LONGEST_WAIT_S


def test_a_neighbour_does_not_lock_out_whom_their_phone_has_signed_in() -> None:
    lockout = Lockout()
    lockout.succeeded("ann", OWN)
    fail(lockout, "ann", OTHER, 500)
    assert lockout.wait_s("ann", OTHER, 0.0) > 0
    assert lockout.wait_s("ann", OWN, 0.0) == 0


def test_where_somebody_has_signed_in_they_wait_a_minute_at_most() -> None:
    lockout = Lockout()
    lockout.succeeded("ann", OWN)
    fail(lockout, "ann", OWN, 500)
    assert 0 < lockout.wait_s("ann", OWN, 0.0) <= LONGEST_WAIT_KNOWN_S


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_at_the_kiosk_itself_nobody_waits_long(address: str) -> None:
    lockout = Lockout()
    fail(lockout, "ann", OTHER, 500)
    assert lockout.wait_s("ann", address, 0.0) == 0
    fail(lockout, "ann", address, 500)
    assert 0 < lockout.wait_s("ann", address, 0.0) <= LONGEST_WAIT_KNOWN_S


def test_many_addresses_do_not_help_to_guess_at_one_name() -> None:
    lockout = Lockout()
    for last in range(FREE_TRIES_OF_ACCOUNT + 10):
        fail(lockout, "ann", f"192.0.2.{last}", 1)
    assert lockout.wait_s("ann", "198.51.100.1", 0.0) > 0


def test_one_address_does_not_try_all_names() -> None:
    lockout = Lockout()
    for number in range(60):
        fail(lockout, f"member {number}", OTHER, 1)
    assert lockout.wait_s("another", OTHER, 0.0) > 0
    assert lockout.wait_s("another", OWN, 0.0) == 0


def test_a_right_pin_forgets_the_wrong_ones_before() -> None:
    lockout = Lockout()
    fail(lockout, "ann", OWN, FREE_TRIES)
    lockout.succeeded("ann", OWN)
    assert lockout.wait_s("ann", OWN, 0.0) == 0


def test_wrong_tries_are_forgotten_after_a_day() -> None:
    lockout = Lockout()
    fail(lockout, "ann", OWN, 500)
    fail(lockout, "ann", OWN, 1, FORGOTTEN_AFTER_S + 1)
    assert lockout.wait_s("ann", OWN, FORGOTTEN_AFTER_S + 1) == 0


def test_what_is_kept_is_bounded() -> None:
    lockout = Lockout()
    for number in range(6000):
        fail(lockout, f"name {number}", OTHER, 1)
        lockout.succeeded(f"name {number}", OTHER)
    assert len(lockout._failures) <= 5000
    assert len(lockout._known) <= 5000


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7")
    assert network("signed in") == "signed in"


@given(st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.sampled_from([OWN, OTHER]), st.booleans()), max_size=80))
def test_whoever_waits_gets_another_try(events: list[tuple[str, str, bool]]) -> None:
    lockout = Lockout()
    for now_s, (name, address, right) in zip(itertools.count(0.0, 1.0), events, strict=False):
        if right:
            lockout.succeeded(name, address)
        else:
            lockout.failed(name, address, now_s)
    wait_s = lockout.wait_s("ann", OWN, 100.0)
    assert 0 <= wait_s <= LONGEST_WAIT_S
    assert lockout.wait_s("ann", OWN, 100.0 + wait_s) == 0


def test_hashing_for_strangers_is_rationed_and_known_ones_come_through() -> None:
    budget = HashingBudget(per_s=2.0, burst=20.0, reserved=8.0)
    taken = sum(budget.take(0.0, known=False) == 0 for _ in range(50))
    assert taken == 12
    assert budget.take(0.0, known=False) > 0
    assert budget.take(0.0, known=True) == 0


def test_the_ration_fills_again() -> None:
    budget = HashingBudget(per_s=2.0, burst=2.0, reserved=0.0)
    assert [budget.take(0.0, known=False) for _ in range(3)] == [0, 0, 0.5]
    assert budget.take(0.5, known=False) == 0


def test_what_matters_goes_on_elsewhere_on_another_clock() -> None:
    before, after = Lockout(), Lockout()
    before.succeeded("ann", OWN)
    fail(before, "ann", OTHER, FREE_TRIES_OF_ACCOUNT + 5, 100.0)
    fail(before, "bob", OTHER, FREE_TRIES - 1, 100.0)
    after.recall(before.standing(110.0).on_clock(110.0, 7000.0))
    assert after.wait_s("ann", OTHER, 7000.0) == before.wait_s("ann", OTHER, 110.0) > 0
    assert after.wait_s("ann", OWN, 7000.0) == 0
    assert "bob" not in str(after.standing(7000.0))


def test_a_clock_that_was_set_back_meanwhile_lets_nobody_wait_longer_than_before() -> None:
    before, after = Lockout(), Lockout()
    fail(before, "ann", OTHER, 50, 1000.0)
    after.recall(before.standing(1000.0).on_clock(10.0, 0.0))
    assert after.wait_s("ann", OTHER, 0.0) == LONGEST_WAIT_S


def test_tries_of_yesterday_are_not_told() -> None:
    lockout = Lockout()
    fail(lockout, "ann", OTHER, 50)
    assert lockout.standing(FORGOTTEN_AFTER_S + 1).failures == ()
