"""Where the measuring material lies, for tests that need it: they skip by name on a machine without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the measuring material in ../shared/data")
