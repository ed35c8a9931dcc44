"""What names a record everywhere: in topics, file names, databases and addresses."""

import re

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def is_key(text: str) -> bool:
    """Return whether it is one: 1 to 128 letters, digits, `.`, `_`, `:` or `-`."""
    return _KEY.fullmatch(text) is not None
