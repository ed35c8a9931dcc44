from pathlib import Path

import pytest

from edge_agent import config
from edge_agent.errors import ConfigError


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.parse(text, "kiosk.toml")
    return str(caught.value).splitlines()


def test_an_empty_file_gives_the_defaults() -> None:
    assert config.parse("", "kiosk.toml") == config.Config()


def test_values_of_every_section_are_read() -> None:
    text = 'name = "Wall 3"\n[camera]\nkind = "file"\npath = "a.mp4"\n[web]\nport = 9000\n[sync]\nbroker = "mqtt://b"\n'
    read = config.parse(text, "kiosk.toml")
    assert (read.name, read.camera.path, read.web.port, read.sync.broker) == ("Wall 3", "a.mp4", 9000, "mqtt://b")


def test_an_unknown_key_is_named_with_its_line_and_a_near_match() -> None:
    assert faults("[camera]\nkind = 'usb'\nheigth = 480\n") == [
        "kiosk.toml, line 3: camera.heigth: unknown key; did you mean 'height'?"
    ]


def test_an_unknown_section_is_named_with_a_near_match() -> None:
    assert faults("\n[webb]\nport = 1\n") == ["kiosk.toml, line 2: webb: unknown key; did you mean 'web'?"]


def test_a_wrong_choice_lists_the_choices() -> None:
    assert faults("[camera]\nkind = 'usbb'\n") == [
        "kiosk.toml, line 2: camera.kind: 'usbb' is not one of auto, picamera2, usb, file; did you mean 'usb'?"
    ]


def test_a_wrong_type_says_what_is_expected() -> None:
    assert faults("[web]\nport = 'high'\n") == ["kiosk.toml, line 2: web.port: Expected `int`, got `str`"]


def test_the_gym_s_day_begins_in_the_night_and_its_week_on_a_known_day() -> None:
    told = faults("[gym]\nday_starts_hour = 7\n") + faults('[gym]\nweek_starts = "mondays"\n')
    assert told[0] == "kiosk.toml, line 2: gym.day_starts_hour: 7 is not between 0 and 6"
    assert "did you mean 'monday'?" in told[1]


def test_a_value_out_of_range_names_the_range() -> None:
    assert faults("[web]\nport = 70000\n") == ["kiosk.toml, line 2: web.port: 70000 is not between 1 and 65535"]


def test_all_faults_are_told_at_once() -> None:
    told = faults("time_zone = 'Mars/Base'\n[camera]\nkind = 'film'\nfps = 0\n[pose]\nmodle = 'lite'\n")
    keys = {line.split(": ")[1] for line in told}
    assert keys == {"time_zone", "camera.kind", "camera.fps", "pose.modle"}


def test_a_section_written_as_a_value_is_explained() -> None:
    assert faults("camera = 3\n") == ["kiosk.toml, line 1: camera: must be a section, written as [camera]"]


def test_a_file_camera_needs_a_path() -> None:
    assert faults("[camera]\nkind = 'file'\n") == [
        "kiosk.toml, line 1: camera.path: a camera of kind 'file' needs the path of a video"
    ]


def test_broken_toml_is_one_line_with_its_place() -> None:
    (line,) = faults("[camera\nkind = 1\n")
    assert line.startswith("kiosk.toml: not valid TOML: ")
    assert "line 1" in line


@pytest.mark.parametrize("value", ["5" * 5000, "[" * 5000], ids=["digits", "brackets"])
def test_toml_beyond_what_can_be_read_is_one_line(value: str) -> None:
    (line,) = faults(f"[kiosk]\nport = {value}\n")
    assert line.startswith("kiosk.toml: not valid TOML: ")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: no such file"):
        config.load(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"config\.toml: not a text in UTF-8"):
        config.load(path)


def test_a_fault_is_told_once() -> None:
    told = faults("[session]\nbody_weight_kg = true\nset_end_after_s = nan\n")
    assert [line.split(", ")[1].split(": ")[0] for line in told] == ["line 2", "line 3"]


def test_faults_come_in_the_order_of_their_lines() -> None:
    told = faults("time_zone = 'x'\n[web]\nport = 0\n[camera]\nkind = 'x'\n")
    assert [line.split(": ")[0] for line in told] == [f"kiosk.toml, line {number}" for number in (1, 3, 5)]


def test_a_key_in_a_quoted_section_has_its_line() -> None:
    assert faults('[ "web" ]\nport = 0\n') == ["kiosk.toml, line 2: web.port: 0 is not between 1 and 65535"]


def test_a_key_that_would_break_the_line_is_told_on_one() -> None:
    (line,) = faults('"a\\nb" = 1\n')
    assert "'a\\nb'" in line


def test_dotted_keys_have_their_line_too() -> None:
    assert faults("name = 'x'\ncamera.fpss = 3\n")[0].startswith("kiosk.toml, line 2: camera.fpss: unknown key")
