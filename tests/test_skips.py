import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.skips import ALLOWED

ROOT = Path(__file__).parents[1]
MISSING = "import pytest\npytest.importorskip('not_installed')\ndef test_it(): pass\n"
LATE = "import pytest\n@pytest.fixture\ndef thing(): pytest.skip('needs a thing')\ndef test_it(thing): pass\n"
MARKED = "import pytest\n@pytest.mark.skipif(True, reason='needs a thing')\ndef test_it(): pass\n"
EXCUSED = "import pytest\ndef test_it(): pytest.skip('of PostgreSQL')\n"
EXPECTED = "@pytest.mark.xfail\ndef test_bad(): assert False\n"


def outcome(path: Path, text: str, *options: str) -> str:
    """Return the last line of what pytest says of a module of tests."""
    (path / "test_one.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.skips", "-p", "no:cacheprovider", "--rootdir", str(path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # others take seconds to load
    done = subprocess.run(
        [*command, *options, str(path)], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=60
    )
    return done.stdout.decode().splitlines()[-1].strip("= ").partition(" in ")[0]


@pytest.mark.process
@pytest.mark.parametrize("text", [MISSING, LATE, MARKED])
def test_what_is_missing_is_skipped_and_where_all_is_checked_it_fails(tmp_path: Path, text: str) -> None:
    assert outcome(tmp_path, text) == "1 skipped"
    assert outcome(tmp_path, text, "--no-skips") in ("1 error", "1 failed")


@pytest.mark.process
def test_what_has_an_excuse_is_skipped_there_too(tmp_path: Path) -> None:
    assert outcome(tmp_path, EXCUSED + EXPECTED, "--no-skips") == "1 skipped, 1 xfailed"


@pytest.mark.parametrize("reason", ALLOWED)
def test_each_excuse_is_one_that_a_test_gives(reason: str) -> None:
    name = reason.removeprefix("could not import ").strip("'").removeprefix("needs ")
    given = [path.name for path in (ROOT / "tests").glob("*.py") if name in path.read_text(encoding="utf-8")]
    assert set(given) - {"skips.py", "test_skips.py"}
