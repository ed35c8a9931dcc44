"""A certificate authority made for one test, and what it has signed."""

import shutil
import subprocess
from pathlib import Path

import pytest

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


_NO_AUTHORITY = ("-addext", "basicConstraints=critical,CA:FALSE")


def make_authority(folder: Path, *names: str) -> Path:
    """Fill a folder with `ca.pem` and, signed by it, a certificate (.pem) and key (.key) for each name.

    The authority has no key usage, as many a gym's own: Python 3.13 would not trust it by default.
    """
    folder.mkdir(exist_ok=True)
    openssl(folder, "req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test ca")
    for name in names:
        sign(folder, "ca", name, *_NO_AUTHORITY, "-addext", "subjectAltName=IP:127.0.0.1")
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


def sign(folder: Path, authority: str, name: str, *extensions: str) -> None:
    """Make a certificate and key for a name with what is an authority's, or was never meant to be one's."""
    signed = ("-x509", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", *extensions)
    openssl(folder, "req", *signed, *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")


def openssl(folder: Path, *words: str) -> None:
    """Run it, or skip where it is not installed."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("needs openssl")
    subprocess.run([program, *words], check=True, cwd=folder, capture_output=True)
