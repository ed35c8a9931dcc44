import argparse
import sys
from types import ModuleType

import pytest

from edge_agent import __version__, cli
from edge_agent.errors import ConfigError, TemporaryError


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Stands in for the command `config`."""
    module = ModuleType("edge_agent.commands.config")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def ends_with(command: ModuleType, error: BaseException) -> int:
    def main(_options: argparse.Namespace) -> int:
        raise error

    command.main = main  # type: ignore[attr-defined]
    return cli.main(["config"])


@pytest.mark.parametrize("kind", [ConfigError, TemporaryError])
def test_what_the_program_can_explain_is_told_and_ends_with_2(
    command: ModuleType, kind: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends_with(command, kind("no camera")) == 2
    assert capsys.readouterr().err == "edge-agent: no camera\n"


def test_each_of_several_faults_has_its_line(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    ends_with(command, ConfigError("one\ntwo"))
    assert capsys.readouterr().err == "edge-agent: one\nedge-agent: two\n"


def test_a_part_that_refuses_among_several_is_told_as_one_line(
    command: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    group = ExceptionGroup("parts", [ExceptionGroup("inner", [ConfigError("the port is in use")])])
    assert ends_with(command, group) == 2
    assert capsys.readouterr().err == "edge-agent: the port is in use\n"


def test_ctrl_c_is_silent(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(command, KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == ""


def test_a_mistake_of_ours_is_not_hidden(command: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError):
        ends_with(command, ZeroDivisionError())


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"edge-agent {__version__}\n"
