"""The option `--no-skips`, for the machine that checks everything: a skipped test fails, unless its reason stands here.

Elsewhere what is missing is skipped and named.
"""

from collections.abc import Generator

import pytest

_OTHER_DATABASE = "a test for all databases that has nothing to say of this one"

ALLOWED = {
    "needs EDGE_TEST_MONGO_URI": "where there is one; all is tested on a server that speaks as it does",
    "a real MongoDB is not ours to kill": _OTHER_DATABASE,
    "SQLite has no server": _OTHER_DATABASE,
    "MongoDB has no foreign keys": _OTHER_DATABASE,
    "MongoDB locks no rows": _OTHER_DATABASE,
    "MongoDB came with the second schema": _OTHER_DATABASE,
    "it has no logins, and makes what is not there": _OTHER_DATABASE,
    "of MongoDB": _OTHER_DATABASE,
    "of PostgreSQL": _OTHER_DATABASE,
    "needs root, to mount a small disk": "who checks need not be root",
    "needs the right to mount": "in a container root may not have it",
    "only root can give files away": "who checks need not be root",
    "needs the package picamera2": "only a Raspberry Pi has it",
    "could not import 'garmin_fit_sdk'": "its licence is not free, so nobody need have it; another reader is asked too",
}
"""What a skip's reason may begin with, and why that is no gap."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail what is skipped for want of something")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _forbid(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _forbid(report, collector.config)
    return report


def _forbid(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    """Make a failure of a test or module that was skipped for what is not allowed; an expected failure stays one."""
    if report.outcome != "skipped" or not isinstance(report.longrepr, tuple) or not config.getoption("--no-skips"):
        return
    path, line, words = report.longrepr
    reason = words.removeprefix("Skipped: ")
    if not reason.startswith(tuple(ALLOWED)):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: skipped under --no-skips: {reason}"
