from pathlib import Path

import pytest

from edge_agent.offline.cut_off import told_size

EBML = b"\x1a\x45\xdf\xa3\x84doc!"
SEGMENT = b"\x18\x53\x80\x67"
UNKNOWN = b"\x01" + 7 * b"\xff"


def size_of(path: Path, *parts: bytes) -> int:
    (path / "film").write_bytes(b"".join(parts))
    return told_size(path / "film")


def box(kind: bytes, told: int) -> bytes:
    return told.to_bytes(4) + kind


def test_an_mp4_is_as_long_as_its_boxes(tmp_path: Path) -> None:
    assert size_of(tmp_path, box(b"ftyp", 16), bytes(8), box(b"mdat", 5000), bytes(100)) == 5016


def test_a_box_may_tell_its_size_in_64_bits(tmp_path: Path) -> None:
    assert size_of(tmp_path, box(b"ftyp", 8), box(b"mdat", 1), (7000).to_bytes(8), bytes(50)) == 7008


def test_a_last_box_up_to_the_end_tells_nothing_more(tmp_path: Path) -> None:
    assert size_of(tmp_path, box(b"ftyp", 8), box(b"mdat", 0), bytes(50)) == 8


def test_a_matroska_is_as_long_as_its_segment(tmp_path: Path) -> None:
    start = EBML + SEGMENT + b"\x01" + (900).to_bytes(7)
    assert size_of(tmp_path, start, bytes(20)) == len(start) + 900


def test_a_live_matroska_does_not_tell(tmp_path: Path) -> None:
    assert size_of(tmp_path, EBML, SEGMENT, UNKNOWN, bytes(20)) == 0


@pytest.mark.parametrize(("told", "size"), [(500, 508), (0, 0), (0xFFFFFFFF, 0)])
def test_an_avi_is_as_long_as_it_says_unless_it_was_never_finished(tmp_path: Path, told: int, size: int) -> None:
    assert size_of(tmp_path, b"RIFF", told.to_bytes(4, "little"), b"AVI LIST", bytes(20)) == size


@pytest.mark.parametrize("start", [b"", b"GIF89a", EBML, EBML + b"other", b"\x1a\x45\xdf\xa3"])
def test_other_files_tell_nothing(tmp_path: Path, start: bytes) -> None:
    assert size_of(tmp_path, start) == 0
