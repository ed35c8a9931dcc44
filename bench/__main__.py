"""`python -m bench [pose|counting|journal|history|drain] [OPTION...]`: one measurement, or all without options."""

import sys

from bench import counting, drain, history, journal, pose

_PARTS = {
    "pose": pose.main,
    "counting": counting.main,
    "journal": journal.main,
    "history": history.main,
    "drain": drain.main,
}
_IN_SHORT = {"journal": ["--quick"], "history": ["--quick"], "drain": ["--quick"]}
"""Options of what would take too long beside the others."""


def main() -> None:
    """Run what is named, or everything."""
    if len(sys.argv) > 1:
        name = sys.argv.pop(1)
        if name not in _PARTS:
            sys.exit(f"bench: no measurement {name!r}; there are: {', '.join(_PARTS)}")
        _PARTS[name]()
        return
    for name, part in _PARTS.items():
        sys.argv[1:] = _IN_SHORT.get(name, [])
        part()


if __name__ == "__main__":
    main()
