"""How much processor time processes and all their children have used so far; from /proc, so on Linux only."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS_S = os.sysconf("SC_CLK_TCK")
_PARENT, _TIMES = 1, slice(11, 15)
"""Places behind the name in /proc/PID/stat: the parent, and user and system time, own and of children that ended."""


def used_s(pid: int) -> float:
    """Return the seconds that a process and what it has started have used; 0 for no process."""
    stats = dict(_stats())
    children: dict[int, list[int]] = {}
    for child, fields in stats.items():
        children.setdefault(int(fields[_PARENT]), []).append(child)
    ticks, waiting = 0, [pid] if pid else []
    while waiting:
        one = waiting.pop()
        ticks += sum(map(int, stats[one][_TIMES])) if one in stats else 0
        waiting += children.get(one, [])
    return ticks / _TICKS_S


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                text = (folder / "stat").read_text()
            except OSError:
                continue  # it has just ended
            yield int(folder.name), text.rpartition(")")[2].split()
