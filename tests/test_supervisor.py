import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.errors import ConfigError
from edge_agent.supervisor import Child

pytestmark = pytest.mark.process


def script(text: str) -> Callable[[], tuple[str, ...]]:
    return lambda: (sys.executable, "-c", text)


def test_a_child_that_ends_well_is_not_started_again(tmp_path: Path) -> None:
    mark = tmp_path / "runs"
    asyncio.run(asyncio.wait_for(Child("child", script(f"open({str(mark)!r}, 'a').write('x')")).run(), 20))
    assert mark.read_text() == "x"


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    mark = tmp_path / "runs"
    text = f"f = open({str(mark)!r}, 'a+'); f.write('x'); f.seek(0); raise SystemExit(0 if f.read() == 'xx' else 1)"
    asyncio.run(asyncio.wait_for(Child("child", script(text)).run(), 20))
    assert mark.read_text() == "xx"


def test_a_refusal_becomes_the_parents_error_in_the_childs_words(capfd: pytest.CaptureFixture[str]) -> None:
    text = "import sys; print('edge-agent: no camera was found', file=sys.stderr); sys.exit(2)"
    with pytest.raises(ConfigError, match=r"^no camera was found$"):
        asyncio.run(asyncio.wait_for(Child("child", script(text)).run(), 20))
    assert "no camera" not in capfd.readouterr().err


def test_a_refusal_after_a_good_start_is_told_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mark = tmp_path / "runs"
    text = (
        f"import sys; f = open({str(mark)!r}, 'a+'); f.write('x'); f.seek(0); runs = len(f.read())\n"
        "if runs == 2: print('edge-agent: no camera was found', file=sys.stderr)\n"
        "sys.exit({1: 1, 2: 2, 3: 0}[runs])"
    )
    asyncio.run(asyncio.wait_for(Child("vision", script(text)).run(), 20))
    assert "vision ended (no camera was found); started again in 0 s" in caplog.text


def test_other_words_of_a_child_are_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    asyncio.run(asyncio.wait_for(Child("child", script("import sys; print('hot', file=sys.stderr)")).run(), 20))
    assert capfd.readouterr().err == "hot\n"


def test_an_endless_line_of_a_child_does_not_end_its_parent(capfd: pytest.CaptureFixture[str]) -> None:
    text = "import sys; print('x' * 300_000, file=sys.stderr); print('after', file=sys.stderr)"
    asyncio.run(asyncio.wait_for(Child("child", script(text)).run(), 20))
    assert capfd.readouterr().err.endswith("after\n")


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "deaf"
    text = (
        "import pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(mark)!r}).touch(); signal.pause()"
    )

    async def run() -> int:
        child = Child("child", script(text))
        running = asyncio.create_task(child.run())
        async with asyncio.timeout(20):
            while not mark.exists():  # noqa: ASYNC110 - another process makes the file
                await asyncio.sleep(0.01)
        pid = child.pid
        assert pid is not None
        await child.stop()
        await asyncio.wait_for(running, 10)
        return pid

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(run()), 0)


def test_a_child_stopped_while_it_starts_ends_too() -> None:
    async def run() -> int | None:
        child = Child("child", script("import signal; signal.pause()"))
        running = asyncio.create_task(child.run())
        await asyncio.sleep(0)
        await child.stop()
        await asyncio.wait_for(running, 10)
        return child.pid

    assert asyncio.run(run()) is None


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """The child holds a pipe; reading its end proves that the child is gone."""
    child = (
        "import os, threading; from edge_agent.supervisor import end_with_parent; e = threading.Event();"
        "end_with_parent(e.set); os.write(1, b'up'); e.wait()"
    )
    parent = (
        "import asyncio, sys; from edge_agent.supervisor import Child;"
        f"asyncio.run(Child('child', lambda: (sys.executable, '-c', {child!r})).run())"
    )

    async def run() -> None:
        process = await asyncio.create_subprocess_exec(*script(parent)(), stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readexactly(2), 20) == b"up"
        process.send_signal(signal.SIGKILL)
        assert await asyncio.wait_for(process.stdout.read(), 20) == b""
        await process.wait()

    asyncio.run(run())
