"""Limits in seconds of a clock on the wall, for a machine that does other things beside the test."""

import os


def patience_s(quiet_s: float) -> float:
    """Return the limit that stands for `quiet_s` on a quiet machine: longer as programs queue for its cores."""
    return quiet_s * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
