import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from edge_agent.cli import _parser

FOLDER = Path(__file__).resolve().parents[1] / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))


def settings(unit: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unit)
    return parser


def test_there_is_a_unit_for_each_role() -> None:
    names = ["edge-agent", "edge-ingest", "edge-ingest@", "edge-vision"]
    assert [unit.name for unit in UNITS] == [f"{name}.service" for name in names]


def test_one_worker_of_several_is_like_the_only_one() -> None:
    only, several = settings(FOLDER / "edge-ingest.service"), settings(FOLDER / "edge-ingest@.service")
    assert only["Service"] == several["Service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_tells_when_it_is_ready_and_is_restarted(unit: Path) -> None:
    service = settings(unit)["Service"]
    assert (service["Type"], service["Restart"]) == ("notify", "always")


def test_each_role_runs_as_its_own_user() -> None:
    users = {settings(unit)["Service"]["User"] for unit in UNITS}
    assert users == {"edge-agent", "edge-vision", "edge-ingest"}
    made = (FOLDER / "edge-agent.sysusers.conf").read_text()
    assert all(f"u {user} " in made for user in users)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_starts_a_command_that_there_is(unit: Path) -> None:
    program, *arguments = settings(unit)["Service"]["ExecStart"].split()
    assert Path(program).name == "edge-agent"
    known = [one for one in arguments if one != "$OPTIONS"]  # nothing, unless they are set
    assert _parser().parse_args(known).module in {"agent", "vision", "ingest"}


def test_a_worker_takes_any_of_its_options_from_its_settings() -> None:
    """The shipped broker's settings demand a certificate, and a password is not for the address."""
    service = settings(FOLDER / "edge-ingest.service")["Service"]
    assert service["ExecStart"].endswith(" --broker ${BROKER} --store ${STORE} $OPTIONS")
    assert service["Environment"] == "OPTIONS="


def test_a_worker_has_all_the_time_it_needs_until_its_database_is_there() -> None:
    """systemd would end it after 90 s, in the middle of an upgrade, each time anew."""
    assert settings(FOLDER / "edge-ingest.service")["Service"]["TimeoutStartSec"] == "infinity"


def test_vision_has_no_network() -> None:
    assert settings(FOLDER / "edge-vision.service")["Service"]["PrivateNetwork"] == "yes"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (apt: systemd)")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong(unit: Path, tmp_path: Path) -> None:
    """The program is not installed where the unit expects it, so a program that is there stands in for it."""
    for other in UNITS:
        text = other.read_text().replace("/opt/edge-agent/bin/edge-agent", "/bin/true")
        (tmp_path / other.name).write_text(text)
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
