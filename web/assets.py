"""Scripts, styles and fonts, all from this folder: a digest of their content is part of each address.

So browsers may keep them for good, and modules that import each other by relative path stay of one version.
"""

import hashlib
from pathlib import Path

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from web.rights import PUBLIC

_FOLDER = Path(__file__).parent / "static"
_YEAR_S = 31_536_000


class Assets:
    """The static files under one address that changes whenever any of them does."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._folder = folder
        self.path = f"/static/{_digest(folder)}"

    def url(self, name: str) -> str:
        """Return the address of one file, such as `js/live.js`."""
        return f"{self.path}/{name}"

    def router(self) -> Router:
        keep = CacheControlHeader(public=True, immutable=True, max_age=_YEAR_S)
        return create_static_files_router(
            path=self.path, directories=[self._folder], cache_control=keep, guards=[PUBLIC]
        )


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]
