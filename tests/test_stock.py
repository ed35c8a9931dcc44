"""What a kiosk tells the cloud about what it has, and what it sends again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent import stocktaking
from edge_agent.digests import Version, day_of, digest_days
from edge_agent.journal.tables import Journal
from edge_agent.journal.worker import JournalWorker
from edge_agent.records import Change, FeedPlace
from edge_agent.stocktaking import Again, Answer, AskAgain, AskDays, AskVersions, Days, Question, Versions
from edge_agent.sync.clock import HybridClock
from edge_agent.sync.stock import Stock
from edge_agent.wire import PROPERTIES
from tests.record_parts import NOW, put
from tests.sync_parts import make_receipt, running, unpacked, until

WALL_MS = 1_771_281_290_000
DAY_MS = 86_400_000


class Kiosk:
    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.hurries = 0
        self._clock = HybridClock(journal.device_id)

    def save(self, key: str, day: int = 0, name: str = "Ann") -> Version:
        rev = self._clock.tick(WALL_MS + day * DAY_MS)
        self.journal.put_record("member", key, {"name": name}, rev, NOW)
        return next(one for one in self.versions() if one.key == key)

    def delete(self, key: str) -> None:
        self.journal.delete_record("member", key, self._clock.tick(WALL_MS), NOW)

    def confirm_all(self) -> None:
        self.journal.apply_receipts([make_receipt(one) for one in self.pending()], NOW)
        assert not self.pending()

    def pending(self) -> list[Change]:
        return [unpacked(one) for one in self.journal.pending(1000)]

    def versions(self, limit: int = 500) -> list[Version]:
        found, place = self.journal.versions(limit=limit)
        while place:
            page, place = self.journal.versions(place, limit)
            found += page
        return found

    def ask(self, question: Question) -> list[Answer]:
        answers: list[Answer | None] = []

        def publish(payload: bytes) -> None:
            answers.append(stocktaking.read_answer(payload, PROPERTIES))

        def hurry() -> None:
            self.hurries += 1

        async def play(worker: JournalWorker) -> None:
            stock = Stock(self.journal.device_id, worker)
            assert stock.takes(stocktaking.encode(question), PROPERTIES)
            async with running(stock.run(publish, hurry)):
                await until(lambda: answers and answers[-1] and not answers[-1].more)

        with JournalWorker(self.journal) as worker:
            asyncio.run(play(worker))
        return [one for one in answers if one]


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    with Journal.open(tmp_path, "kiosk") as journal:
        yield Kiosk(journal)


# What is there


def test_the_digests_of_its_days(kiosk: Kiosk) -> None:
    versions = [kiosk.save("ann"), kiosk.save("ben"), kiosk.save("eve", day=1)]
    assert kiosk.ask(AskDays(id="7")) == [Days(id="7", days=tuple(digest_days(versions)))]


def test_an_empty_kiosk_answers_too(kiosk: Kiosk) -> None:
    assert kiosk.ask(AskDays(id="7")) == [Days(id="7", days=())]
    assert kiosk.ask(AskVersions(id="8", days=("2026-02-16",))) == [Versions(id="8", versions=())]


def test_the_versions_of_the_days_asked_for(kiosk: Kiosk) -> None:
    kiosk.save("ann")
    later = [kiosk.save("ben", day=1), kiosk.save("eve", day=1)]
    assert kiosk.ask(AskVersions(id="7", days=(day_of(later[0].rev),))) == [Versions(id="7", versions=tuple(later))]


def test_what_others_made_and_what_is_deleted_is_not_its_own(kiosk: Kiosk) -> None:
    kiosk.save("ann")
    kiosk.delete("ann")
    kiosk.journal.merge([put(1, key="ben")], FeedPlace(), NOW)
    assert kiosk.ask(AskDays(id="7")) == [Days(id="7", days=())]


def test_a_long_answer_comes_in_parts(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stocktaking, "PART_LENGTH", 2)
    day = day_of(kiosk.save("m0").rev)
    for number in range(1, 5):
        kiosk.save(f"m{number}")
    parts = kiosk.ask(AskVersions(id="7", days=(day,)))
    assert [(len(part.versions), part.more) for part in parts if isinstance(part, Versions)] == [
        (2, True),
        (2, True),
        (1, False),
    ]


def test_a_journal_is_read_page_by_page(kiosk: Kiosk) -> None:
    keys = [kiosk.save(f"m{number}").key for number in range(7)]
    assert [one.key for one in kiosk.versions(limit=3)] == keys


# What is sent again


def test_confirmed_records_are_sent_again_and_only_those_named(kiosk: Kiosk) -> None:
    kiosk.save("ann")
    kiosk.save("ben")
    kiosk.confirm_all()
    assert kiosk.ask(AskAgain(id="7", names=(("member", "ann"),))) == [Again(id="7")]
    assert [change.key for change in kiosk.pending()] == ["ann"]
    assert kiosk.hurries == 1


def test_a_deletion_is_sent_again(kiosk: Kiosk) -> None:
    kiosk.save("ann")
    kiosk.delete("ann")
    kiosk.confirm_all()
    kiosk.ask(AskAgain(id="7", names=(("member", "ann"),)))
    assert [(change.key, change.op) for change in kiosk.pending()] == [("ann", "delete")]


def test_it_outlives_a_restart(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.save("ann")
    kiosk.confirm_all()
    kiosk.journal.send_again([("member", "ann")])
    kiosk.journal.close()
    with Journal.open(tmp_path) as journal:
        assert [change.key for change in journal.pending(9)] == ["ann"]


def test_what_is_not_here_is_fetched_from_the_beginning(kiosk: Kiosk) -> None:
    kiosk.journal.merge([], FeedPlace(cursor="5:abc", filled=True), NOW)
    names = (("member", "ann"), ("robot", "r2"))
    assert kiosk.ask(AskAgain(id="7", names=names)) == [Again(id="7", unknown=names)]
    assert kiosk.journal.feed_place() == FeedPlace()


def test_twice_is_once(kiosk: Kiosk) -> None:
    kiosk.save("ann")
    kiosk.confirm_all()
    for _ in range(2):
        kiosk.ask(AskAgain(id="7", names=(("member", "ann"),)))
    assert len(kiosk.pending()) == 1


# What is none of its business


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"{}", b'{"kind": "page"}', b'{"kind": "ask_days"}', b'{"kind": "days", "id": "7", "days": []}', b"\xff"],
)
def test_other_messages_are_left_to_others(payload: bytes) -> None:
    assert stocktaking.read_question(payload, PROPERTIES) is None


def test_questions_of_another_format_are_left_alone() -> None:
    assert stocktaking.read_question(stocktaking.encode(AskDays(id="7")), {"schema": "2"}) is None
