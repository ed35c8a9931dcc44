"""Random damage: whatever line it spares is kept, whatever it hits is told, and the journal goes on."""

import random
from pathlib import Path

import pytest

from edge_agent.journal.files import Files
from edge_agent.journal.lines import Change, parse, read_header
from edge_agent.journal.log import Log

Documents = dict[tuple[str, int], bytes]


class QuickFiles(Files):
    """Syncs nothing: no power fails in these tests."""

    def fdatasync(self, fd: int) -> None: ...

    def fsync(self, fd: int) -> None: ...

    def fsync_folder(self, folder: Path) -> None: ...


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


def documents(log: Log) -> Documents:
    return {(table, doc_id): log.read(table, doc_id) or b"" for table, ids in log.tables.items() for doc_id in ids}


@pytest.mark.parametrize("seed", range(60))
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
    log.append([Change("put", "b", 1)])
    log.close()
    log = Log(path, QuickFiles())
    assert documents(log) == left | {("b", 1): b"null"}
    assert log.damage == ()
    log.close()
