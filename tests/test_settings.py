from pathlib import Path

import pytest

from edge_agent import settings
from edge_agent.errors import ConfigError


def faults(folder: Path, text: str) -> list[str]:
    path = folder / "kiosk.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        settings.load(path)
    return [line.removeprefix(f"{path}, ") for line in str(caught.value).splitlines()]


def test_an_unknown_exercise_is_told_with_a_near_match(tmp_path: Path) -> None:
    told = faults(tmp_path, "[session]\nexercise = 'sqat'\n")
    assert told == ["line 2: session.exercise: no exercise 'sqat'; did you mean 'squat'?"]


BROKEN = ["http://x", "mqtt://", "mqtt://h:99999", "mqtt://h:abc", "mqtt://h/path", "foo bar"]


@pytest.mark.parametrize("broker", BROKEN)
def test_a_broken_broker_address_is_told_with_its_line(tmp_path: Path, broker: str) -> None:
    (line,) = faults(tmp_path, f"[sync]\nbroker = '{broker}'\n")
    assert line.startswith("line 2: sync.broker: ")


def test_a_video_that_is_not_there_is_told(tmp_path: Path) -> None:
    (line,) = faults(tmp_path, "[camera]\nkind = 'file'\npath = '/no/such.mp4'\n")
    assert line == "line 3: camera.path: /no/such.mp4: no such video"


def test_a_missing_certificate_is_told(tmp_path: Path) -> None:
    (line,) = faults(tmp_path, "[sync]\nbroker = 'mqtts://h'\nca_file = '/no/ca.pem'\n")
    assert "/no/ca.pem" in line


def test_faults_of_all_kinds_are_told_together(tmp_path: Path) -> None:
    text = "nane = 'x'\n[session]\nexercise = 'sqat'\nset_end_after_s = 0\n[sync]\nbroker = 'http://x'\n"
    assert [line.split(": ")[1] for line in faults(tmp_path, text)] == [
        "nane",
        "session.exercise",
        "session.set_end_after_s",
        "sync.broker",
    ]


def test_the_exercise_may_be_left_to_recognition(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("[session]\nexercise = 'auto'\n")
    assert settings.load(path).session.exercise == "auto"


def test_missing_files_of_tokens_are_told(tmp_path: Path) -> None:
    text = "[tokens]\nissuer = 'x'\nsecret_file = '/no/secret'\njwks_file = '/no/keys'\n"
    assert [line.split(": ")[1] for line in faults(tmp_path, text)] == ["tokens.secret_file", "tokens.jwks_file"]


@pytest.mark.parametrize("url", ["http://issuer.example/keys", "ftp://x", "keys.json", "https:/", "http://[::"])
def test_keys_that_somebody_on_the_way_could_change_are_refused(tmp_path: Path, url: str) -> None:
    (line,) = faults(tmp_path, f"[tokens]\nissuer = 'x'\njwks_url = '{url}'\n")
    assert "tokens.jwks_url" in line


def test_tokens_without_an_issuer_are_refused(tmp_path: Path) -> None:
    (line,) = faults(tmp_path, "[tokens]\njwks_url = 'https://issuer.example/keys'\n")
    assert "tokens.issuer" in line


def test_settings_of_tokens_that_are_sound_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("[tokens]\nissuer = 'x'\naudience = 'y'\njwks_url = 'https://issuer.example/keys'\n")
    assert settings.load(path).tokens.audience == "y"
