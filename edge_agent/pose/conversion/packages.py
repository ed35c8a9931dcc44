"""The published TFLite files: fetched by pip and npm with the packages that hold them, checked against their digests.

The landmark models come with the npm package @mediapipe/pose; the PyPI package mediapipe has the detector.
"""

import hashlib
import importlib.util
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from edge_agent.errors import ConfigError, TemporaryError

WHEEL = "mediapipe==0.10.21"
TARBALL = "@mediapipe/pose@0.5.1675469404"
DIGESTS = {
    "pose_detection.tflite": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "pose_landmark_lite.tflite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
}
"""SHA-256 of each file as published in the two packages."""

_TIMEOUT_S = 600.0
_OTHERWISE = "or give a folder with the .tflite files: --from FOLDER"


def fetch(folder: Path) -> None:
    """Put the three TFLite files into `folder`, which is empty.

    Raises `TemporaryError` without network or room for them, `ConfigError` without pip or npm.
    """
    tarball, wheel = download_tarball(folder), download_wheel(folder)
    try:
        _unpack(wheel, tarball, folder)
    except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise TemporaryError(f"{WHEEL} or {TARBALL} cannot be unpacked ({error}): try again, {_OTHERWISE}") from error


def read_published(folder: Path, name: str) -> bytes:
    """Return the TFLite file `name`, exactly as published. Raises `ConfigError` for any other."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); it comes with {WHEEL} or {TARBALL}") from error
    if hashlib.sha256(content).hexdigest() != DIGESTS[name]:
        raise ConfigError(f"{path}: not the published file (wrong SHA-256); take it from {WHEEL} or {TARBALL}")
    return content


def download_wheel(folder: Path) -> Path:
    """Return the PyPI package's wheel, put into `folder`: one for Python 3.11 on x86-64, whatever this machine is."""
    if importlib.util.find_spec("pip") is None:
        raise ConfigError(f"pip is missing: `{sys.executable} -m ensurepip` installs it, {_OTHERWISE}")
    platform = ("--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--only-binary", ":all:")
    command = (sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--quiet", *platform)
    _run("pip", WHEEL, (*command, "--dest", str(folder), WHEEL))
    return next(folder.glob("*.whl"))


def download_tarball(folder: Path) -> Path:
    """Return the npm package's tarball, put into `folder`."""
    command = ("npm", "pack", TARBALL, "--pack-destination", str(folder), "--cache", str(folder / "npm"))
    _run("npm", TARBALL, command)
    return next(folder.glob("*.tgz"))


def _unpack(wheel: Path, tarball: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        detector = opened.read("mediapipe/modules/pose_detection/pose_detection.tflite")
        (folder / "pose_detection.tflite").write_bytes(detector)
    with tarfile.open(tarball) as opened:
        for name in ("pose_landmark_lite.tflite", "pose_landmark_full.tflite"):
            member = opened.extractfile(f"package/{name}")
            assert member is not None
            (folder / name).write_bytes(member.read())


def _run(tool: str, package: str, command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_TIMEOUT_S)  # noqa: S603 - fixed
    except FileNotFoundError as error:
        raise ConfigError(f"{tool} is missing: install it, {_OTHERWISE}") from error
    except subprocess.TimeoutExpired as error:
        raise TemporaryError(
            f"{tool} could not fetch {package} in {_TIMEOUT_S:.0f} s: try again, {_OTHERWISE}"
        ) from error
    except subprocess.CalledProcessError as error:
        raise TemporaryError(
            f"{tool} could not fetch {package} ({_reason(error)}): check the network and try again, {_OTHERWISE}"
        ) from error


def _reason(error: subprocess.CalledProcessError) -> str:
    """Return the first line of the tool's complaint that calls itself an error."""
    lines = str(error.stderr).splitlines()
    return next((line for line in lines if line.lower().startswith(("error", "npm err"))), f"status {error.returncode}")
