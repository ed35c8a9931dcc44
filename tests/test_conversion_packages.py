from pathlib import Path

import pytest

from edge_agent.errors import ConfigError, TemporaryError
from edge_agent.pose.conversion.packages import download_tarball, download_wheel, read_published

NOWHERE = "http://127.0.0.1:1"


def test_a_missing_file_is_named_with_the_packages_that_have_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"pose_detection\.tflite: cannot be read .* mediapipe==0\.10\.21"):
        read_published(tmp_path, "pose_detection.tflite")


def test_a_file_that_was_not_published_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pose_detection.tflite").write_bytes(b"TFL3")
    with pytest.raises(ConfigError, match="not the published file"):
        read_published(tmp_path, "pose_detection.tflite")


def test_a_missing_npm_is_one_line_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"^npm is missing: .*--from FOLDER$"):
        download_tarball(tmp_path)


def test_npm_without_network_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho npm warn old >&2\necho npm error code ENOTFOUND >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TemporaryError, match=r"^npm could not fetch .*\(npm error code ENOTFOUND\): .*try again"):
        download_tarball(tmp_path)


def test_pip_without_network_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pip", reason="needs pip in this Python")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", NOWHERE)
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(TemporaryError, match=r"^pip could not fetch mediapipe==0\.10\.21 \(ERROR: .*\): .*try again"):
        download_wheel(tmp_path)
