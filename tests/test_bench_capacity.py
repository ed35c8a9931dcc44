import subprocess
import sys

import msgspec
import pytest

from bench.capacity import Demand, report, supply
from tests.test_docs import ROOT


def test_the_table_of_the_documentation_is_the_computed_one() -> None:
    page = (ROOT / "docs/scaling.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- capacity -->\n")[2].partition("\n<!-- /capacity -->")[0]
    demands = [Demand(kiosks=kiosks) for kiosks in (1_000, 10_000, 100_000)]
    assert shown == "\n".join(report(demands))


def test_a_kiosk_with_a_session_a_second_is_a_session_a_second() -> None:
    one = supply(Demand(kiosks=1, sessions_a_day=86_400, peak=2))
    assert (one.mean_s, one.peak_s) == (1, 2)


def test_ten_times_the_kiosks_need_ten_times_the_disk() -> None:
    few, many = supply(Demand(kiosks=1_000)), supply(Demand(kiosks=10_000))
    assert many.year_bytes == pytest.approx(10 * few.year_bytes)
    assert many.shards_a_year == pytest.approx(10 * few.shards_a_year)


def test_without_requests_only_sessions_cost_anything() -> None:
    quiet = supply(msgspec.structs.replace(Demand(), requests_a_minute=0))
    assert quiet.of_it_requests == 0
    assert quiet.workers == pytest.approx(quiet.peak_s * Demand().worker_session_s / Demand().headroom)


def test_figures_of_ones_own_can_be_put_in() -> None:
    command = [sys.executable, "-m", "bench.capacity", "--kiosks", "500", "--stored-bytes", "1e4"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert told.startswith("| kiosks | 5 | 50 | 500 |")
