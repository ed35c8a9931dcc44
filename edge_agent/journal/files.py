"""The few file operations the journal rests on, behind one small class so that tests can make each of them fail.

What appears under a name appears whole: temporary file, fsync, rename, fsync of the folder.
"""

import errno
import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.phrase import Phrase

_MODE = 0o640
"""Members' data: for the service's own user and group only."""
_SECTOR = 4096


class Files:
    """The operating system's own operations; every failure is an `OSError`."""

    def open(self, path: Path, *, create: bool = False) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT | os.O_TRUNC if create else 0)
        fd = os.open(path, flags, _MODE)
        if create:
            give_to_owner(fd, path.parent)
        return fd

    def mkdir(self, path: Path) -> None:
        """Make a folder inside of another one, if it is not there."""
        try:
            path.mkdir()
        except FileExistsError:
            return
        give_to_owner(path, path.parent)

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        return os.pwrite(fd, data, offset)

    def pread(self, fd: int, length: int, offset: int) -> bytes:
        return os.pread(fd, length, offset)

    def fdatasync(self, fd: int) -> None:
        os.fdatasync(fd)

    def fsync(self, fd: int) -> None:
        os.fsync(fd)

    def truncate(self, fd: int, length: int) -> None:
        os.ftruncate(fd, length)

    def rename(self, source: Path, target: Path) -> None:
        source.replace(target)

    def link(self, source: Path, target: Path) -> None:
        target.hardlink_to(source)

    def unlink(self, path: Path) -> None:
        path.unlink()

    def fsync_folder(self, folder: Path) -> None:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def give_to_owner(made: int | Path, folder: Path) -> None:
    """When root made a file, give it to whoever owns the folder, else the kiosk could not use it afterwards.

    Where root may not give files away, as in some containers, it stays root's.
    """
    if os.geteuid() == 0:
        owner = folder.stat()
        with suppress(PermissionError):
            os.chown(made, owner.st_uid, owner.st_gid)


def write_all(files: Files, fd: int, data: bytes, offset: int) -> None:
    """Write all of `data`: one `pwrite`, and more only if the system took less."""
    written = files.pwrite(fd, data, offset)
    while written < len(data):
        written += files.pwrite(fd, data[written:], offset + written)


def write_whole(files: Files, path: Path, pieces: Iterable[bytes]) -> None:
    """Make `path` hold the pieces, durably, or leave it as it was. Raises `OSError`."""
    temporary = path.with_name(f".{path.name}.new")
    fd = files.open(temporary, create=True)
    try:
        try:
            offset = 0
            for piece in pieces:
                write_all(files, fd, piece, offset)
                offset += len(piece)
            files.fsync(fd)
        finally:
            os.close(fd)
        files.rename(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    files.fsync_folder(path.parent)


def read_over_bad_sectors(files: Files, fd: int, length: int, offset: int) -> tuple[bytes, bool]:
    """Read like `pread`; a sector that the disk can't read comes back as zeros, and the CRCs find it.

    Returns the bytes, and whether all of them could be read.
    """
    try:
        return files.pread(fd, length, offset), True
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    pieces, all_read = [], True
    end = offset + length
    while offset < end:
        size = min(_SECTOR - offset % _SECTOR, end - offset)
        try:
            pieces.append(files.pread(fd, size, offset))
        except OSError:
            pieces.append(bytes(size))
            all_read = False
        offset += size
    return b"".join(pieces), all_read


def is_full(error: OSError) -> bool:
    """Whether there was no room, for the whole disk or for this user."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def told(error: OSError) -> str:
    """Return what went wrong, for people."""
    if is_full(error):
        return Phrase("the disk is full; free some space, what was saved before is safe")
    return error.strerror or str(error)


def refusal(words: str, error: OSError, advice: str) -> ConfigError | TemporaryError:
    """Return what to raise for a file that can't be had: a full disk may have room later, all else needs somebody."""
    if is_full(error):
        return TemporaryError("{place}: the disk is full; free some space", place=words)
    return ConfigError(f"{words} ({error.strerror}); {advice}")


def is_at(fd: int, path: Path) -> bool:
    """Whether `path` still names the open file."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except OSError:
        return False


def lock(path: Path) -> int:
    """Take the exclusive lock that belongs to `path`, on a file of its own since `path` itself is renamed over.

    Returns the descriptor whose closing gives the lock back. Raises `ConfigError` naming the holder, and
    `TemporaryError` when there is no room for the lock's file.
    """
    lock_path = path.with_name(f"{path.name}.lock")
    try:
        fd = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        give_to_owner(fd, path.parent)
    except OSError as error:
        raise refusal(f"{lock_path}: cannot be opened", error, "check the folder's owner") from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)
    except BlockingIOError as error:
        holder = os.pread(fd, 20, 0).decode(errors="replace") or "unknown"
        os.close(fd)
        raise ConfigError(f"another edge-agent (process {holder}) uses {path}, stop it first") from error
    except OSError as error:
        # A full disk must not keep anybody from reading; the lock holds without its holder's name.
        if not is_full(error):
            os.close(fd)
            raise ConfigError(f"{lock_path}: cannot be locked ({error.strerror})") from error
    return fd
