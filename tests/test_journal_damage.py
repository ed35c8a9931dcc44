"""Random damage and cuts: what they spare is kept, what they hit is told and set aside, and the journal goes on."""

import random
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.errors import PermanentError
from edge_agent.journal.lines import Change, parse, read_header
from edge_agent.journal.log import Log
from tests.faulty_files import QuickFiles
from tests.journal_history import put, records, state_in
from tests.long_form import rounds

STRIDE = 13
"""Each part of the test of cuts tries each 13th byte; lines have about 45, so one part meets all places."""

Documents = dict[tuple[str, int], bytes]


def written_journal(path: Path, chance: random.Random) -> bytes:
    for _ in range(4):
        log = Log(path, QuickFiles())
        for _ in range(15):
            first = log.high("a") + 1
            texts = [b'{"n":"%s"}' % (b"x" * chance.randint(0, 300)) for _ in range(chance.randint(1, 4))]
            log.append([Change("put", "a", first + n, text) for n, text in enumerate(texts)])
        log.close()
    return path.read_bytes()


def damaged(whole: bytes, chance: random.Random) -> bytes:
    image = bytearray(whole)
    for _ in range(chance.choice([1, 1, 3])):
        at = chance.randrange(len(image))
        if chance.random() < 0.5:
            image[at] ^= 1 << chance.randrange(8)
        else:
            sector = slice(at // 512 * 512, at // 512 * 512 + 512 * chance.randint(1, 3))
            image[sector] = bytes(len(image[sector]))
    return bytes(image)


def expected(whole: bytes, image: bytes) -> Documents:
    """All lines that are as they were, up to the end of the last transaction that is whole."""
    kept: Documents = {}
    end: Documents = {}
    header = read_header(whole)
    assert header is not None
    at, group = header[1], list[bool]()
    while at < len(whole):
        found = parse(whole, at)
        assert found is not None
        line, length = found
        sound = whole[at : at + length] == image[at : at + length]
        if sound:
            kept[line.table, line.doc_id] = bytes(line.document)
        group = [sound] if line.part == 1 else [*group, sound]
        at += length
        if line.part == line.parts and all(group):
            end = dict(kept)
    return end


def hit(whole: bytes, image: bytes) -> Iterator[bytes]:
    """Yield the stretches of lines that are not as they were."""
    start = at = 0
    for line in whole.splitlines(keepends=True):
        if line == image[at : at + len(line)]:
            if start < at:
                yield image[start:at]
            start = at + len(line)
        at += len(line)
    if start < at:
        yield image[start:at]


def documents(log: Log) -> Documents:
    return {(table, doc_id): log.read(table, doc_id) or b"" for table, ids in log.tables.items() for doc_id in ids}


@pytest.mark.parametrize("seed", rounds(60, long=3000))
def test_random_damage_costs_only_the_lines_it_hits(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "journal"
    whole = written_journal(path, chance)
    image = damaged(whole, chance)
    path.write_bytes(image)
    log = Log(path, QuickFiles())
    left = expected(whole, image)
    assert documents(log) == left
    assert log.damage or image == whole
    aside = [one.read_bytes() for one in tmp_path.glob("journal.damaged-*")]
    assert all(any(stretch in one for one in aside) for stretch in hit(whole, image))
    log.append([Change("put", "b", 1)])
    log.close()
    log = Log(path, QuickFiles())
    assert documents(log) == left | {("b", 1): b"null"}
    assert log.damage == ()
    log.close()


def check_cut(path: Path, whole: bytes, ends: list[int], cut: int) -> None:
    path.write_bytes(whole[:cut])
    log = Log(path, QuickFiles())
    commits = bisect_right(ends, cut)
    left = ends[commits - 1]
    assert list(log.tables["t"]) == list(range(commits)), f"cut at {cut}"
    log.close()
    assert path.read_bytes() == whole[:left]
    aside = list(path.parent.glob("journal.damaged-*"))
    assert [one.read_bytes() for one in aside] == ([whole[left:cut]] if cut > left else [])
    for one in aside:
        one.unlink()


@pytest.mark.parametrize("part", rounds(1, long=STRIDE))
def test_a_file_cut_at_any_byte_of_its_last_200_records_keeps_every_commit_before(tmp_path: Path, part: int) -> None:
    path = tmp_path / "journal"
    ends = records(path, 210)
    whole = path.read_bytes()
    for cut in range(ends[9] + part, len(whole) + 1, STRIDE):
        check_cut(path, whole, ends, cut)


def test_a_commit_is_never_made_up_of_its_lines_and_those_of_a_torn_one_of_a_former_life(tmp_path: Path) -> None:
    """A disk may show, where a commit did not arrive, what stood there before the torn end was cut off."""
    path = tmp_path / "journal"
    start = records(path, 1)[-1]
    log = Log(path, QuickFiles())
    log.append([put(1, b'"torn"'), put(2, b'"torn"')])
    log.close()
    torn = path.read_bytes()
    path.write_bytes(torn[:-3])
    log = Log(path, QuickFiles())
    log.append([put(1, b'"next"'), put(2, b'"next"')])
    log.close()
    half = start + (len(torn) - start) // 2
    path.write_bytes(path.read_bytes()[:half] + torn[half:])
    assert state_in(path) == {"t": {0: b'{"n":0}'}}


def test_a_place_that_holds_another_sound_line_by_now_is_told_and_not_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    ends = records(path, 3)
    log = Log(path, QuickFiles())
    whole = path.read_bytes()
    path.write_bytes(whole[: ends[0]] + whole[ends[1] : ends[2]] + whole[ends[0] : ends[1]])
    with pytest.raises(PermanentError, match="damaged on disk"):
        log.read("t", 1)
    assert log.read("t", 0) == b'{"n":0}'
    log.close()
