import shutil
from pathlib import Path

import pytest

from edge_agent.errors import ConfigError
from edge_agent.pose.model_files import DIGESTS_FILE, FILES, MODELS_FOLDER, ModelName, read_model, verify_models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "models"
    shutil.copytree(MODELS_FOLDER, copy)
    return copy


def _refusal(name: ModelName, folder: Path) -> str:
    with pytest.raises(ConfigError) as refusal:
        read_model(name, folder)
    message = str(refusal.value)
    assert "\n" not in message
    assert "reinstall the package or run `edge-agent models build`" in message
    return message


@pytest.mark.parametrize("name", list(FILES))
def test_every_shipped_model_is_whole(name: ModelName) -> None:
    assert len(read_model(name)) > 2_000_000


def test_licence_and_notice_lie_beside_the_models() -> None:
    assert "Apache License" in (MODELS_FOLDER / "LICENSE").read_text()
    assert "segmentation" in (MODELS_FOLDER / "NOTICE").read_text()


def test_a_truncated_file_is_named(folder: Path) -> None:
    path = folder / FILES["lite"]
    path.write_bytes(path.read_bytes()[:-1])
    assert f"{path}: damaged" in _refusal("lite", folder)


def test_a_single_changed_bit_is_noticed(folder: Path) -> None:
    path = folder / FILES["full"]
    content = bytearray(path.read_bytes())
    content[1_000_000] ^= 1
    path.write_bytes(content)
    assert f"{path}: damaged" in _refusal("full", folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    path = folder / FILES["detector"]
    path.unlink()
    assert f"{path}: missing" in _refusal("detector", folder)


def test_a_folder_in_a_files_place_is_named(folder: Path) -> None:
    path = folder / FILES["detector"]
    path.unlink()
    path.mkdir()
    assert f"{path}: cannot be read" in _refusal("detector", folder)


def test_without_digests_nothing_is_trusted(folder: Path) -> None:
    (folder / DIGESTS_FILE).write_bytes(b"\xff nonsense\n")
    assert "no digest of pose_landmark_lite" in _refusal("lite", folder)


def test_verify_names_all_files_when_they_are_right() -> None:
    assert verify_models() == tuple(FILES.values())


def test_verify_reports_every_fault_at_once(folder: Path) -> None:
    (folder / FILES["lite"]).unlink()
    (folder / FILES["full"]).write_bytes(b"")
    with pytest.raises(ConfigError) as refusal:
        verify_models(folder)
    assert len(str(refusal.value).splitlines()) == 2
