"""`python -m bench [pose|counting|journal] [OPTION...]`: one measurement with its options, or all without any."""

import sys

from bench import counting, journal, pose

_PARTS = {"pose": pose.main, "counting": counting.main, "journal": journal.main}


def main() -> None:
    """Run what is named, or everything."""
    names = list(_PARTS)
    if len(sys.argv) > 1:
        names = [sys.argv.pop(1)]
    for name in names:
        if name not in _PARTS:
            sys.exit(f"bench: no measurement {name!r}; there are: {', '.join(_PARTS)}")
        _PARTS[name]()


if __name__ == "__main__":
    main()
