"""A certificate authority made for one test, and what it has signed."""

import shutil
import subprocess
from pathlib import Path

import pytest

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


def make_authority(folder: Path, *names: str) -> Path:
    """Fill a folder with `ca.pem` and, signed by it, a certificate (.pem) and key (.key) for each name."""
    folder.mkdir(exist_ok=True)
    _openssl(folder, "req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test ca")
    for name in names:
        signed = ("-x509", "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1")
        _openssl(folder, "req", *signed, *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


def _openssl(folder: Path, *words: str) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl")
    subprocess.run([openssl, *words], check=True, cwd=folder, capture_output=True)
