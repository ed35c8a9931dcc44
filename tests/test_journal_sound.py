"""The fast way through a journal finds what the careful one finds, up to the first doubt."""

import random
from pathlib import Path

import pytest

from edge_agent.journal.lines import Change, encode, header, scan
from edge_agent.journal.log import Log
from edge_agent.journal.replay import Replay, replay
from edge_agent.journal.sound import read_sound
from tests.faulty_files import QuickFiles

START = len(header())


def some_life(seed: int) -> bytes:
    """Return a journal of transactions of one to four changes, opened anew now and then."""
    chance = random.Random(seed)
    whole, epoch = header(), 1
    for sequence in range(1, 60):
        epoch += chance.random() < 0.1
        parts = chance.randint(1, 4)
        for part in range(1, parts + 1):
            op = chance.choices(["put", "delete", "drop", "table"], [12, 3, 1, 1])[0]
            document = b'{"text":"%s"}' % (b"x" * chance.randint(0, 300)) if op == "put" else b"null"
            change = Change(op, chance.choice("ab"), chance.randint(1, 30), document)  # type: ignore[arg-type]
            whole += encode(change, epoch, sequence, part, parts)
    return whole


def fast(whole: bytes) -> Replay:
    return read_sound(lambda length, at: whole[at : at + length], START, len(whole))


def careful(whole: bytes, sofar: Replay | None = None) -> Replay:
    start = sofar.end if sofar else START
    return replay(scan(lambda length, at: whole[at : at + length], start, len(whole)), START, sofar)


def facts(found: Replay) -> tuple[object, ...]:
    contents = found.contents
    places = {table: list(ids.items()) for table, ids in contents.places.items()}
    marks = found.end, found.last_start, found.epoch, found.sequence, found.damage
    return places, contents.highs, contents.live_bytes, marks


@pytest.mark.parametrize("seed", range(20))
def test_a_journal_without_a_fault_is_read_to_its_end_as_the_careful_way_reads_it(seed: int) -> None:
    whole = some_life(seed)
    assert fast(whole).end == len(whole)
    assert facts(fast(whole)) == facts(careful(whole))


@pytest.mark.parametrize("seed", range(150))
def test_after_damage_both_ways_together_find_what_the_careful_way_finds_alone(seed: int) -> None:
    chance = random.Random(seed)
    image = bytearray(some_life(seed % 5))
    at = chance.randrange(START, len(image))
    match seed % 4:
        case 0:
            image[at] ^= 1 << chance.randrange(8)
        case 1:
            image[at : at + 512] = bytes(len(image[at : at + 512]))
        case 2:
            del image[at:]
        case 3:
            lines = bytes(image).splitlines(keepends=True)
            first, second = (chance.randrange(1, len(lines)) for _ in range(2))
            lines[first], lines[second] = lines[second], lines[first]
            image = bytearray(b"".join(lines))
    whole = bytes(image)
    assert facts(careful(whole, fast(whole))) == facts(careful(whole))


def test_it_stops_at_the_end_of_the_last_transaction_before_a_fault(tmp_path: Path) -> None:
    log = Log(tmp_path / "journal", QuickFiles())
    log.append([Change("put", "t", 1, b"1"), Change("put", "t", 2, b"2")])
    end = log.size
    log.append([Change("put", "t", 3, b"3"), Change("put", "t", 4, b"4")])
    log.close()
    whole = (tmp_path / "journal").read_bytes()
    found = fast(whole[:-4] + b"\0" + whole[-3:])
    assert (found.end, list(found.contents.places["t"])) == (end, [1, 2])


def test_a_transaction_longer_than_a_read_is_taken_whole() -> None:
    document = b'"%s"' % (b"x" * 5000)
    lines = [encode(Change("put", "t", part, document), 1, 1, part, 100) for part in range(1, 101)]
    whole = header() + b"".join(lines)
    assert list(fast(whole).contents.places["t"]) == list(range(1, 101))
    assert fast(whole[:-1]).end == START


def test_a_table_whose_name_has_a_comma_is_left_to_the_careful_way() -> None:
    whole = header() + encode(Change("put", 'a",5,"b', 1, b"1"), 1, 1)
    assert fast(whole).end == START
    assert list(careful(whole, fast(whole)).contents.places) == ['a",5,"b']
