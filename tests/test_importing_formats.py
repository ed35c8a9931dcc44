import io
import json
import tracemalloc
import zipfile
from typing import IO, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.errors import PermanentError
from edge_agent.importing import archive
from edge_agent.importing.formats import FORMATS, FileFormat, read, tell_format
from edge_agent.importing.told import Found, Refused
from tests.importing_parts import READING, items, refusals, sessions
from tests.journal_parts import make_session
from tests.test_importing_hevy import KG, row
from tests.test_importing_json import LEGACY, STORED
from tests.test_importing_markdown import LOG
from tests.test_importing_strong import HEADER as STRONG
from tests.test_importing_strong import row as strong_row
from tests.test_session_files import EXAMPLE

FILES: dict[FileFormat, str] = {
    "hevy": KG + row(),
    "strong": STRONG + strong_row(),
    "training_session_log": json.dumps(EXAMPLE),
    "sessions_json": json.dumps([LEGACY]),
    "pose_summary": json.dumps([STORED]),
    "markdown": LOG,
}


def zipped(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as made:
        for name, one in files.items():
            made.writestr(name, one)
    return content.getvalue()


@pytest.mark.parametrize("file_format", FILES)
def test_the_format_is_told_by_what_is_in_a_file(file_format: FileFormat) -> None:
    name = "log.md" if file_format == "markdown" else "export.bin"
    assert tell_format(name, FILES[file_format].encode()) == file_format


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf \n", b"a,b\n1,2\n", b"\x89PNG\r\n", b"3", b'"x"', b"{"])
def test_what_is_none_of_them_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(PermanentError, match=r"^file\.bin: "):
        tell_format("file.bin", content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" \n", "is empty"),
        (bytes(5000), "nothing but zero bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture, not text"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (b"abc\0\x01\x02", "a binary file"),
    ],
)
def test_what_holds_no_text_is_called_what_it_is(content: bytes, words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        tell_format("file.csv", content)


def test_zeros_at_the_end_and_utf_16_are_no_reason_to_refuse_a_file() -> None:
    assert tell_format("a.csv", FILES["hevy"].encode() + bytes(100)) == "hevy"
    assert tell_format("a.csv", FILES["hevy"].encode("utf-16")) == "hevy"


def test_a_format_that_was_chosen_is_believed() -> None:
    assert len(list(read("no ending", LOG.encode(), "markdown", READING))) == 2
    with pytest.raises(PermanentError, match=r"^log\.md: not JSON"):
        list(read("log.md", LOG.encode(), "sessions_json", READING))


def test_a_zip_of_a_folder_is_read_file_by_file() -> None:
    content = zipped({"a/one.json": FILES["training_session_log"], "hevy.csv": FILES["hevy"], "a/.DS_Store": b"x"})
    assert len(sessions(content, "all.zip")) == 2


def test_a_bad_file_in_a_zip_is_refused_alone() -> None:
    content = zipped({"one.json": b"{", "two.csv": FILES["hevy"], "picture.png": b"x", "in.zip": zipped({})})
    assert len(sessions(content, "all.zip")) == 1
    assert [line.partition(":")[0] for line in refusals(content, "all.zip")] == ["one.json", "picture.png", "in.zip"]


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_BYTES", 10_000)
    content = zipped({"a.csv": KG + row() * 1000, "b.csv": FILES["hevy"]})
    assert "unpacks to more than" in refusals(content, "all.zip")[0]
    assert len(sessions(content, "all.zip")) == 1


@pytest.mark.parametrize("name", ["log.md", "workouts.jsonl"])
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_may_unpack_to_gigabytes_in_one_step_is_not_unpacked(name: str, method: int) -> None:
    content = zipped({name: b"\n" * 50_000_000}, method)
    tracemalloc.start()
    told = refusals(content, "all.zip")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "compression method" in told[0]
    assert most < 5_000_000


def test_files_that_do_not_fit_are_not_unpacked_each_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_BYTES", 1000)
    unpacked = zipfile.ZipFile.open
    opened: list[str] = []

    def watched(self: zipfile.ZipFile, entry: zipfile.ZipInfo, *more: Any, **options: Any) -> IO[bytes]:
        opened.append(entry.filename)
        return unpacked(self, entry, *more, **options)

    content = zipped({"large.md": b" " * 5000, "larger.md": b" " * 5000, "a.csv": FILES["hevy"]})
    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    assert (len(sessions(content, "all.zip")), opened) == (1, ["a.csv"])


def test_damaged_files_count_for_what_they_unpack_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_BYTES", 5000)
    content = bytearray(zipped({"a.md": b"a" * 3000, "b.md": b"b" * 3000}, zipfile.ZIP_STORED))
    for at in (content.index(b"aaaa"), content.index(b"bbbb")):
        content[at : at + 2] = b"xx"
    one, two = refusals(bytes(content), "all.zip")
    assert ("CRC" in one, "unpacks to more than" in two) == (True, True)


def test_a_zip_of_countless_empty_files_is_refused_before_its_list_is_read() -> None:
    content = zipped({f"{number}{'x' * 150}.csv": b"" for number in range(22_000)})
    with pytest.raises(PermanentError, match="more than 20000 files"):
        items(content, "all.zip")


def test_a_damaged_zip_is_refused() -> None:
    content = zipped({"a.csv": FILES["hevy"] * 50})
    assert refusals(content[:60] + b"\0" * 10 + content[70:], "all.zip")
    with pytest.raises(PermanentError, match="can't be opened"):
        items(content[:-10], "all.zip")


def own_export(count: int) -> bytes:
    lines = b"".join(msgspec.json.encode(make_session(f"s{number}")) + b"\n" for number in range(count))
    return zipped({"README.txt": "", "workouts.jsonl": lines, "session_files/a.json": FILES["training_session_log"]})


def test_of_our_own_export_only_the_workouts_are_read() -> None:
    assert len(items(own_export(3), "export.zip")) == 3


def test_a_damaged_export_gives_what_can_be_read_and_tells_the_rest() -> None:
    content = bytearray(own_export(400))
    at = content.index(b"workouts.jsonl") + 4000
    content[at : at + 50] = b"\xff" * 50
    *read, last = items(bytes(content), "export.zip")
    assert 0 < sum(isinstance(one, Found) for one in read) < 400
    assert isinstance(last, Refused)
    assert "can't be unpacked any further" in last.reason


def test_an_export_that_never_ends_is_left_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_OF_EXPORT", 3000)
    found = items(own_export(50), "export.zip")
    assert 1 < len(found) < 10
    assert isinstance(found[-1], Refused)


@pytest.mark.parametrize("lines", [b"\n" * 250_000, (b"x" * 8_000_001 + b"\n") * 3])
def test_an_export_of_countless_or_endless_lines_is_left_early(lines: bytes) -> None:
    assert len(refusals(zipped({"workouts.jsonl": lines}), "export.zip")) == 1


@pytest.mark.parametrize("file_format", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_no_bytes_crash_a_reader(file_format: FileFormat, content: bytes) -> None:
    try:
        list(read("file", content, file_format, READING))
    except PermanentError:
        return


@pytest.mark.parametrize("file_format", FILES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_damage_crashes_a_reader_and_what_it_gives_is_sound(file_format: FileFormat, data: st.DataObject) -> None:
    content = bytearray(FILES[file_format].encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.sampled_from([b"", b"9", b"-", b"e9", b",", b'"', b"\n", b"\xff", b"\0", b"]", b"NaN"]))
        content[at : at + data.draw(st.integers(0, 3))] = piece
    try:
        found = list(read("log.md", bytes(content), file_format, READING))
    except PermanentError:
        return
    for one in found:
        if isinstance(one, Found):
            sets = [each for entry in one.session.exercises for each in entry.sets]
            assert sets
            assert all(0 <= each.reps_full <= 10_000 and 0 <= (each.weight_kg or 0) <= 1000 for each in sets)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["exercise", "start", "timestamp", "reps", "sets", "exercises", "duration", "user_id"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    ),
    st.sampled_from(["sessions_json", "pose_summary", "training_session_log"]),
)
def test_no_json_crashes_a_reader(value: object, file_format: FileFormat) -> None:
    try:
        list(read("file", json.dumps(value).encode(), file_format, READING))
    except PermanentError:
        return
