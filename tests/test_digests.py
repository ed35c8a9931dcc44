from edge_agent.digests import DayDigest, Version, day_of, differing_days, digest_days, mark
from tests.sync_parts import make_rev

DAY_MS = 86_400_000


def version(number: int, key: str = "one", digest: str = "f00") -> Version:
    return Version(entity="session", key=key, rev=make_rev(number), hash=digest)


def test_a_record_belongs_to_the_utc_day_of_its_rev() -> None:
    assert day_of("1771286399999-0000-kiosk-1") == "2026-02-16"
    assert day_of("1771286400000-0000-kiosk-1") == "2026-02-17"
    assert day_of("0000000000000-0000-kiosk-1") == "1970-01-01"
    assert day_of("9999999999999-ffff-kiosk-1") == "2286-11-20"


def test_a_mark_depends_on_all_of_a_version() -> None:
    others = [version(2), version(1, key="two"), version(1, digest="f01")]
    others.append(Version(entity="member", key="one", rev=make_rev(1), hash="f00"))
    assert len({mark(one) for one in [version(1), *others]}) == 5


def test_a_mark_is_the_same_everywhere_and_for_ever() -> None:
    assert mark(version(1)) == 0x269BFE40AB


def test_a_million_marks_add_up_in_63_bits() -> None:
    assert (2**40 - 1) * 8_000_000 < 2**63


def test_digests_do_not_depend_on_order() -> None:
    versions = [version(1, "a"), version(2, "b"), version(DAY_MS, "c")]
    digests = digest_days(versions)
    assert digests == digest_days(reversed(versions))
    assert [(one.day, one.count) for one in digests] == [("2026-02-16", 2), ("2026-02-17", 1)]


def test_differing_days_are_told_wherever_something_is_missing() -> None:
    ours = [DayDigest(day="2026-02-16", count=1, total=5), DayDigest(day="2026-02-17", count=1, total=6)]
    theirs = [DayDigest(day="2026-02-17", count=1, total=7), DayDigest(day="2026-02-18", count=1, total=8)]
    assert differing_days(ours, theirs) == ["2026-02-16", "2026-02-17", "2026-02-18"]
    assert differing_days(ours, ours) == []
