import tracemalloc

import pytest

from edge_agent.importing import markdown
from edge_agent.importing.told import Refused
from tests.importing_parts import READING, left_out, only, refusals, sessions, sets

LOG = """\
# Monday, 2026-02-16 18:30 \N{EN DASH} Push day
Duration: 65 min
Felt great.

Bench press: 20kg x 10 (warm-up), 80kg x 5, 82,5 x 3 @8
- Pull-ups: 3x8
- Plank: 60s, 2 x 45s

## Bizepscurl
- 12 reps @ 14 kg
- 3x10 @ 12.5kg RPE 9

# 17.02.2026
Liegestütze: 20, 15, 12+2
"""


def line(words: str) -> list[tuple[str, int, float | None]]:
    return sets(only(f"# 2026-02-16\n{words}\n", "log.md"))


def test_a_log_is_read_as_people_write_it() -> None:
    push, second = sessions(LOG, "log.md")
    assert (push.start_time, push.focus, push.duration_s) == ("2026-02-16T18:30:00.000+01:00", "Push day", 3900)
    assert push.notes == "Felt great."
    assert sets(push)[:3] == [("bench_press", 10, 20), ("bench_press", 5, 80), ("bench_press", 3, 82.5)]
    assert sets(second) == [("push_up", 20, None), ("push_up", 15, None), ("push_up", 12, None)]


def test_warm_ups_rpe_partial_reps_and_holds_are_understood() -> None:
    push, second = sessions(LOG, "log.md")
    bench = push.exercises[0].sets
    assert [(one.kind, one.rpe) for one in bench] == [("warmup", None), ("working", None), ("working", 8)]
    assert [one.hold_s for one in push.exercises[2].sets] == [60, 45, 45]
    assert second.exercises[0].sets[2].reps_partial == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Squat: 3x8", [("squat", 8, None)] * 3),
        ("Squat: 60 x 8", [("squat", 8, 60)]),
        ("Squat: 60kg x 8 x 3", [("squat", 8, 60)] * 3),
        ("Squat: 60 kg \N{MULTIPLICATION SIGN} 8", [("squat", 8, 60)]),
        ("Squat: 100 lbs x 5", [("squat", 5, 45.359)]),
        ("Squat: 5 @ 100 kg @8", [("squat", 5, 100)]),
        ("Squat 60kg x 8, 5 x 5", [("squat", 8, 60), ("squat", 5, 5)]),
        ("1. **Squat**: 20, 15", [("squat", 20, None), ("squat", 15, None)]),
        ("Squat:\n- 60kg x 8", [("squat", 8, 60)]),
        ("### Squat\n60kg x 8", [("squat", 8, 60)]),
        ("- [x] Squat: 60kg x 8 (belt)", [("squat", 8, 60)]),
    ],
)
def test_sets_are_written_in_many_ways(words: str, told: list[tuple[str, int, float | None]]) -> None:
    assert line(words) == told


def test_what_is_not_understood_is_told_with_its_line() -> None:
    content = "# 2026-02-16\nSquat: 60kg x 8, banana\n"
    assert left_out(content, "log.md") == ["line 2: Squat: 'banana' is not understood; write 80kg x 5"]


def test_sets_above_any_date_are_refused() -> None:
    assert "no date stands above this line" in refusals("Squat: 60kg x 8\n", "log.md")[0]


def test_the_name_of_a_file_may_be_its_date() -> None:
    assert only("Squat: 60kg x 8\n", "logs/2026-02-16.md").start_time.startswith("2026-02-16T00:00")


def test_a_heading_may_say_the_date_of_the_name_again() -> None:
    assert len(sessions("# 2026-02-16 18:30\nSquat: 60kg x 8\n", "2026-02-16.md")) == 1


def test_weights_without_unit_are_in_the_members_own() -> None:
    assert sets(only("# 2026-02-16\nSquat: 100 x 5\n", "log.md", unit="lb")) == [("squat", 5, 45.359)]


def test_a_bad_date_is_refused_and_the_next_workout_is_read() -> None:
    content = "# 2026-02-31\nSquat: 60kg x 8\n# 2026-03-01\nSquat: 60kg x 8\n"
    assert len(sessions(content, "log.md")) == 1
    assert "is not a date" in refusals(content, "log.md")[0]


@pytest.mark.parametrize("line", ["# " + "# " * 200_000, "Squat: " + "(" * 400_000, "2026-" * 100_000])
def test_an_endless_line_takes_no_time(line: str) -> None:
    assert "longer than" in refusals(f"# 2026-02-16\n{line}\n", "log.md")[0]


def test_a_text_of_countless_short_lines_takes_little_memory() -> None:
    text = "# 2026-02-16\nSquat: 60kg x 8\n" + "ab\n" * 2_000_000
    tracemalloc.start()
    *_, last = markdown.read(text, "log.md", READING)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(last, Refused)
    assert most < 5 * len(text)


def test_lines_may_end_as_on_any_system() -> None:
    for end in ("\r\n", "\r"):
        assert len(sessions(end.join(["# 2026-02-16", "Squat: 60kg x 8", ""]), "log.md")) == 1
