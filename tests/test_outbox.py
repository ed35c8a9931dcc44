import json
from itertools import pairwise

import pytest

from edge_agent import wire
from edge_agent.records import Change
from edge_agent.sync import window
from edge_agent.sync.outbox import Outbox, Parcel
from tests.sync_parts import make_change, make_receipt


def outbox_of(*changes: Change) -> Outbox:
    outbox = Outbox(lambda: 0.5)
    offer(outbox, *changes)
    return outbox


def offer(outbox: Outbox, *changes: Change) -> None:
    outbox.offer(map(wire.pack, changes))


def sent(parcels: list[Parcel]) -> list[list[str]]:
    return [[change.key for change in parcel.changes] for parcel in parcels]


def numbered(count: int) -> list[Change]:
    return [make_change(number) for number in range(count)]


def test_a_message_holds_its_changes_as_json() -> None:
    (parcel,) = outbox_of(make_change(1)).due(0)
    assert [one["key"] for one in json.loads(parcel.payload)] == ["session-0001"]


def test_a_few_changes_go_one_a_message_oldest_first() -> None:
    assert sent(outbox_of(make_change(2), make_change(1)).due(0)) == [["session-0001"], ["session-0002"]]


def test_a_backlog_goes_fifty_a_message() -> None:
    parcels = outbox_of(*numbered(120)).due(0)
    assert [len(parcel.changes) for parcel in parcels] == [50, 50, 20]
    assert [key for keys in sent(parcels) for key in keys] == [f"session-{number:04d}" for number in range(120)]


def test_a_message_of_a_backlog_holds_at_most_256_kib() -> None:
    large = [make_change(number, doc={"notes": "x" * 60_000}) for number in range(30)]
    parcels = outbox_of(*large).due(0)
    assert {len(parcel.changes) for parcel in parcels} == {4, 2}
    assert max(len(parcel.payload) for parcel in parcels) <= 256 * 1024


def test_a_change_larger_than_that_goes_alone() -> None:
    huge = make_change(5, doc={"notes": "x" * 300_000})
    parcels = outbox_of(*(huge if number == 5 else make_change(number) for number in range(20))).due(0)
    assert ["session-0005"] in sent(parcels)
    assert sum(len(parcel.changes) for parcel in parcels) == 20


def test_nothing_is_sent_twice_before_its_receipt_is_late() -> None:
    outbox = outbox_of(make_change(1))
    outbox.due(0)
    assert not outbox.due(5.9)
    assert sent(outbox.due(6.1)) == [["session-0001"]]


def test_resending_pauses_longer_each_time() -> None:
    outbox = outbox_of(make_change(1))
    sent_at_s = []
    now_s = 0.0
    for _ in range(7):
        assert outbox.due(now_s)
        sent_at_s.append(now_s)
        due_s = outbox.next_due_s()
        assert due_s is not None
        assert not outbox.due(due_s - 0.01)
        now_s = due_s
    pauses_s = [later - earlier for earlier, later in pairwise(sent_at_s)]
    # Each wait for the receipt is twice the one before, and a pause comes on top.
    assert pauses_s == [5 + 1, 10 + 5, 20 + 15, 40 + 45, 60 + 135, 60 + 300]


def test_a_receipt_that_takes_its_time_is_waited_for() -> None:
    outbox = outbox_of(make_change(1))
    (first,) = outbox.due(0)
    outbox.note_receipts(first.id, 5)
    outbox.settle(make_receipt(make_change(1)))
    offer(outbox, make_change(2))
    outbox.due(10)
    assert not outbox.due(10 + 15)  # 5 s and four deviations of 2.5 s
    assert sent(outbox.due(10 + 15 + 1)) == [["session-0002"]]


def test_what_is_learnt_meanwhile_counts_for_what_is_under_way() -> None:
    outbox = outbox_of(make_change(1), make_change(2))
    first, _ = outbox.due(0)
    outbox.note_receipts(first.id, 4)
    outbox.settle(make_receipt(make_change(1)))
    assert not outbox.due(6.1)
    assert outbox.next_due_s() == 12 + 1


def test_the_answer_to_what_was_sent_again_is_measured_from_its_own_sending() -> None:
    outbox = outbox_of(make_change(1), make_change(2))
    outbox.due(0)
    again, _ = outbox.due(6)
    outbox.note_receipts(again.id, 6.5)
    outbox.settle(make_receipt(make_change(1)))
    assert outbox.next_due_s() == 6 + 5 + 5  # half a second: the shortest wait, and the second pause


def test_the_window_counts_until_the_receipt() -> None:
    outbox = outbox_of(*numbered(window.FIRST))
    for parcel in outbox.due(0):
        outbox.note_taken(parcel)
    assert outbox.room == 0
    outbox.settle(make_receipt(make_change(7)))
    assert outbox.room == 1


def test_the_window_grows_while_receipts_are_quick_and_shrinks_when_they_are_slow() -> None:
    outbox = outbox_of(*numbered(100))
    first, second = outbox.due(0)
    outbox.note_receipts(first.id, 0.5)
    assert outbox.room == window.FIRST + 50 - 100
    outbox.note_receipts(second.id, 4)
    assert outbox.room == window.FIRST + 25 - 100


def test_late_receipts_make_room_for_less() -> None:
    outbox = outbox_of(*numbered(100))
    outbox.due(0)
    outbox.due(60)
    assert outbox.room == window.FIRST - 50 - 100


def test_large_changes_fill_the_window_earlier() -> None:
    large = make_change(1).doc | {"notes": "x" * 3_000_000}  # type: ignore[operator]
    outbox = outbox_of(make_change(1, doc=large), make_change(2, doc=large))
    assert outbox.room > 0
    offer(outbox, make_change(3, doc=large))
    assert outbox.room == 0
    outbox.settle(make_receipt(make_change(2)))
    assert outbox.room > 0


def test_a_change_leaves_on_its_receipt_alone() -> None:
    outbox = outbox_of(make_change(1))
    (parcel,) = outbox.due(0)
    outbox.note_taken(parcel)
    assert not outbox.is_empty
    outbox.settle(make_receipt(make_change(1)))
    assert outbox.is_empty


@pytest.mark.parametrize("wrong", [{"rev": make_change(2).rev}, {"hash": "0" * 64}, {"key": "other"}])
def test_a_receipt_for_something_else_settles_nothing(wrong: dict[str, str]) -> None:
    outbox = outbox_of(make_change(1))
    outbox.settle(make_receipt(make_change(1), **wrong))
    assert not outbox.is_empty


def test_what_the_broker_took_is_handed_over_until_the_connection_breaks() -> None:
    change = make_change(1)
    outbox = outbox_of(change)
    (parcel,) = outbox.due(0)
    assert not outbox.is_handed_over("session", change.key, change.rev)
    outbox.note_taken(parcel)
    assert outbox.is_handed_over("session", change.key, change.rev)
    assert outbox.handed_over == 1
    outbox.clear()
    assert outbox.handed_over == 0


def test_after_a_reconnect_everything_is_sent_at_once() -> None:
    outbox = outbox_of(make_change(1))
    outbox.due(0)
    outbox.clear()
    offer(outbox, make_change(1))
    assert sent(outbox.due(0.1)) == [["session-0001"]]


def test_a_newer_version_takes_the_place_of_an_older_one() -> None:
    outbox = outbox_of(make_change(1, key="one"))
    outbox.due(0)
    offer(outbox, make_change(2, key="one"), make_change(1, key="one"))
    (parcel,) = outbox.due(0)
    assert [one.rev for one in parcel.changes] == [make_change(2).rev]
    assert not outbox.due(1)


def test_a_refusal_holds_everything_back() -> None:
    outbox = outbox_of(*numbered(3))
    for parcel in outbox.due(0):
        outbox.note_refused(parcel, 0)
    offer(outbox, make_change(9))
    assert not outbox.due(0.9)
    assert outbox.next_due_s() == 1


def test_after_a_refusal_one_change_at_a_time_tries_with_growing_pauses() -> None:
    outbox = outbox_of(*numbered(3))
    (first, *_) = outbox.due(0)
    outbox.note_refused(first, 0)
    (probe,) = outbox.due(1)
    assert sent([probe]) == [["session-0000"]]
    assert not outbox.due(1.1)
    outbox.note_refused(probe, 1.2)
    assert not outbox.due(6.1)
    assert sent(outbox.due(6.3)) == [["session-0000"]]


def test_refusals_of_one_moment_are_one_failure() -> None:
    outbox = outbox_of(*numbered(5))
    for parcel in outbox.due(0):
        outbox.note_refused(parcel, 0)
    assert outbox.holds == 1


def test_when_a_try_succeeds_all_the_rest_follows() -> None:
    outbox = outbox_of(*numbered(3))
    for parcel in outbox.due(0):
        outbox.note_refused(parcel, 0)
    (probe,) = outbox.due(1)
    outbox.note_taken(probe)
    assert outbox.holds == 0
    assert sent(outbox.due(1.1)) == [["session-0001"], ["session-0002"]]


def test_an_unanswered_try_does_not_spin() -> None:
    outbox = outbox_of(*numbered(3))
    (first, *_) = outbox.due(0)
    outbox.note_refused(first, 0)
    outbox.due(1)
    due_s = outbox.next_due_s()
    assert due_s is not None
    assert due_s > 5


def test_changes_of_an_unreadable_message_are_sent_again_one_by_one() -> None:
    outbox = outbox_of(*numbered(12))
    (parcel,) = outbox.due(0)
    assert not outbox.set_aside(parcel.id, "unreadable", 1)
    assert [len(one.changes) for one in outbox.due(1)] == [1] * 12


def test_the_one_that_is_unreadable_alone_is_refused() -> None:
    outbox = outbox_of(*numbered(12))
    (parcel,) = outbox.due(0)
    outbox.set_aside(parcel.id, "unreadable", 1)
    third = outbox.due(1)[2]
    (receipt,) = outbox.set_aside(third.id, "unreadable", 2)
    assert receipt == make_receipt(make_change(2), status="rejected", reason="unreadable")


def test_a_refusal_of_a_message_long_gone_refuses_nothing() -> None:
    outbox = outbox_of(make_change(1))
    outbox.due(0)
    assert not outbox.set_aside(99, "unreadable", 1)
    assert not outbox.due(1)


def test_an_empty_outbox_waits_for_news() -> None:
    assert outbox_of().next_due_s() is None
    assert not outbox_of().due(0)
