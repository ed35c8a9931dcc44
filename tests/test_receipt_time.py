"""How long a kiosk waits for receipts, by what it has measured."""

import pytest

from edge_agent.sync.receipt_time import LONGEST_S, SHORTEST_S, ReceiptTime


def measured(*took_s: float) -> ReceiptTime:
    """Messages that were sent one after the other, and how long each took."""
    times = ReceiptTime()
    for number, one in enumerate(took_s, 1):
        times.sent(number, 1000.0 * number)
        times.came(number, 1000.0 * number + one)
    return times


def test_before_anything_is_measured_the_shortest_time_is_waited() -> None:
    assert ReceiptTime().wait_s == SHORTEST_S


def test_quick_receipts_are_waited_for_no_less() -> None:
    assert measured(*[0.02] * 20).wait_s == SHORTEST_S


def test_the_first_measurement_counts_three_times() -> None:
    assert measured(8).wait_s == 8 + 4 * 8 / 2


def test_steady_receipts_need_little_margin() -> None:
    assert measured(*[10.0] * 40).wait_s == pytest.approx(10, abs=0.1)


def test_one_slow_receipt_adds_four_of_its_deviations() -> None:
    times = measured(*[10.0] * 60, 18.0)
    assert times.wait_s == pytest.approx(11 + 4 * 2, abs=0.1)


def test_a_database_that_is_quick_again_is_soon_waited_for_less() -> None:
    assert measured(*[30.0] * 10, *[0.1] * 30).wait_s < 10


def test_the_wait_is_never_longer_than_minutes() -> None:
    assert measured(1_000.0).wait_s == LONGEST_S


def test_a_late_receipt_doubles_the_wait_until_one_is_measured() -> None:
    times = measured(4.0, 4.0, 4.0)
    before_s = times.wait_s
    times.sent(4, 9_000)
    times.late(4)
    assert times.wait_s == 2 * before_s
    times.sent(5, 9_100)
    times.came(5, 9_104)
    assert times.wait_s < before_s


def test_messages_that_were_late_together_double_it_once() -> None:
    times = ReceiptTime()
    for number in (1, 2, 3):
        times.sent(number, 0)
    times.late(1)
    times.sent(4, 6)
    for number in (2, 3):
        times.late(number)
    assert times.wait_s == 2 * SHORTEST_S
    times.late(4)
    assert times.wait_s == 4 * SHORTEST_S


def test_doubling_ends_at_the_longest_wait() -> None:
    times = ReceiptTime()
    for number in range(1, 20):
        times.sent(number, number)
        times.late(number)
    assert times.wait_s == LONGEST_S


def test_the_same_receipt_twice_is_measured_once() -> None:
    times = measured(10.0)
    before_s = times.wait_s
    times.came(1, 9_999)
    assert times.wait_s == before_s


def test_a_receipt_of_nothing_sent_teaches_nothing() -> None:
    times = ReceiptTime()
    times.came(0, 100)
    times.came(7, 100)
    assert times.wait_s == SHORTEST_S


def test_what_was_under_way_when_the_connection_broke_is_not_measured() -> None:
    times = measured(2.0)
    before_s = times.wait_s
    times.sent(2, 5_000)
    times.forget()
    times.came(2, 5_100)
    assert times.wait_s == before_s


def test_after_a_new_connection_the_wait_is_what_was_measured() -> None:
    times = measured(4.0)
    before_s = times.wait_s
    times.sent(2, 5_000)
    times.late(2)
    times.forget()
    assert times.wait_s == before_s


def test_a_kiosk_that_is_never_answered_keeps_only_so_many_messages() -> None:
    times = ReceiptTime()
    for number in range(1, 5_001):
        times.sent(number, number)
    assert len(times._sent_s) == 1000
