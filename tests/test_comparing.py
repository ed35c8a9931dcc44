"""Which of two places lacks what."""

import msgspec
import pytest

from edge_agent.cloud.comparing import compare, lacking, portions, unlike
from edge_agent.cloud.store import Delivery
from edge_agent.digests import DayDigest, Version
from edge_agent.records import Change
from tests.cloud_parts import check, gone, member, session
from tests.sync_parts import DEVICE

PLACES = ("store", "mirror")


def deliver(*changes: Change) -> list[Delivery]:
    return [check(change, DEVICE) for change in changes]


def version(change: Change) -> Version:
    return Version(entity=change.entity, key=change.key, rev=change.rev, hash=change.hash)


@pytest.mark.parametrize(
    ("one", "other", "faults", "into_store", "into_mirror"),
    [
        ([member(1)], [member(1)], [], [], []),
        ([member(1)], [], [("mirror", "missing")], [], [member(1)]),
        ([], [member(1)], [("store", "missing")], [member(1)], []),
        ([member(1)], [member(2)], [("store", "older")], [member(2)], []),
        ([gone(2, "member", "ann")], [member(1)], [("mirror", "older")], [], [gone(2, "member", "ann")]),
        ([member(1)], [gone(1, "member", "ann")], [("store", "older")], [gone(1, "member", "ann")], []),
        ([member(1)], [member(1, name="Eve")], [("mirror", "other")], [], []),
    ],
)
def test_the_newest_version_goes_where_it_is_missing(
    one: list[Change], other: list[Change], faults: list[object], into_store: list[Change], into_mirror: list[Change]
) -> None:
    found, *into = compare(deliver(*one), deliver(*other), PLACES)
    assert [(difference.place, difference.fault) for difference in found] == faults
    assert into == [deliver(*into_store), deliver(*into_mirror)]


def test_a_difference_is_told_in_words() -> None:
    (difference,), _, _ = compare(deliver(session(1, "one")), [], PLACES)
    assert difference.words == "session one of kiosk-1: missing in the mirror"


@pytest.mark.parametrize(
    ("store", "stock", "faults"),
    [
        ([], [member(1)], [("store", "missing")]),
        ([member(1)], [member(2)], [("store", "older")]),
        ([member(2)], [member(1)], []),
        ([gone(2, "member", "ann")], [member(1)], []),
        ([gone(1, "member", "ann")], [member(1)], []),
        ([member(1, name="Eve")], [member(1)], [("store", "other")]),
        ([member(1)], [], [("device", "missing")]),
        ([gone(2, "member", "ann")], [], []),
    ],
)
def test_what_the_store_lacks_that_a_device_has(store: list[Change], stock: list[Change], faults: list[object]) -> None:
    has = {(one.entity, one.key): version(one) for one in stock}
    found = lacking(has, deliver(*store), [("member", "ann")], DEVICE)
    assert [(difference.place, difference.fault) for difference in found] == faults


def test_versions_that_only_one_side_has() -> None:
    ours, theirs = [version(member(1)), version(member(2, "ben"))], [version(member(1)), version(member(3, "ben"))]
    assert unlike(ours, theirs) == [("member", "ben")]


def test_days_are_taken_together_while_they_are_small() -> None:
    digests = [DayDigest(day=day, count=count, total=0) for day, count in (("a", 5), ("b", 5), ("c", 50), ("d", 1))]
    assert list(portions("abcd", digests, 10)) == [["a", "b"], ["c"], ["d"]]


def test_a_version_is_told_from_one_with_another_hash() -> None:
    one = version(member(1))
    assert unlike([one], [msgspec.structs.replace(one, hash="0" * 64)]) == [("member", "ann")]
