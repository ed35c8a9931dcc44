from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from edge_agent.cli import main
from edge_agent.history.figures import MemberFigures, PopulationFigures
from edge_agent.records import Session
from tests.cloud_parts import Database, put, write
from tests.history_parts import done, entry, workout


def saved(tmp_path: Path, *sessions: Session) -> str:
    url = f"sqlite:///{tmp_path}/cloud.db"
    documents = [(one.session_id, msgspec.json.decode(msgspec.json.encode(one))) for one in sessions]
    with Database(url).opened() as store:
        write(store, *(put(1, "session", key, **document) for key, document in documents))
    return url


def squats(key: str = "one", user_id: str = "ann") -> Session:
    return workout(key, "2026-02-16T18:00:00+01:00", entry(done(10, 90.0)), user_id=user_id, accuracy=0.875)


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["cloud", "report", "--store", *arguments])
    printed = capsys.readouterr()
    return status, printed.out or printed.err


def test_a_member_s_figures_are_printed_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = report(capsys, saved(tmp_path, squats()), "--user", "ann")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert status == 0
    assert "all 1 10 10.0 0.0 0.88" in lines
    assert "squat est. 1RM, kg 120.0 verified 2026-02-16" in lines
    assert "squat 2026-02-16 1 10 90.0 120.0 900.0 0.0" in lines
    assert "longest 1 2026-02-16 2026-02-16" in lines


def test_the_figures_are_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, text = report(capsys, saved(tmp_path, squats()), "--user", "ann", "--json")
    assert msgspec.json.decode(text, type=MemberFigures).totals.reps == 10


def test_since_leaves_out_what_was_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, text = report(capsys, saved(tmp_path, squats()), "--user", "ann", "--json", "--since", "2026-02-17")
    assert msgspec.json.decode(text, type=MemberFigures).totals.sessions == 0


def test_groups_are_printed_without_small_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = saved(tmp_path, *(squats(f"s{number}", f"user-{number}") for number in range(5)))
    _, text = report(capsys, url, "--population", "--json")
    assert [one.members for one in msgspec.json.decode(text, type=PopulationFigures).months] == [5]
    _, text = report(capsys, url, "--population")
    assert "Groups of fewer than 5 members are left out." in text


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--timezone", "Berlin/Europe"], "write it as Europe/Berlin"),
        (["--since", str(date.today() + timedelta(days=9))], "in the future"),
    ],
)
def test_what_cannot_be_meant_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str], words: str
) -> None:
    status, text = report(capsys, f"sqlite:///{tmp_path}/cloud.db", "--user", "ann", *option)
    assert (status, words in text) == (2, True)


def test_it_is_of_a_member_or_of_groups(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["cloud", "report", "--store", f"sqlite:///{tmp_path}/cloud.db"])
