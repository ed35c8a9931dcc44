"""`edge-agent config`: check the settings and print what is in force."""

import argparse
import re

import msgspec

from edge_agent.coaching.own_exercises import all_exercises
from edge_agent.commands.settings import file_of, from_options
from edge_agent.records import Record


def main(options: argparse.Namespace) -> int:
    """Print every key with its value as TOML; a faulty file, also of an own exercise, ends in `ConfigError` before."""
    config = from_options(options)
    all_exercises(config.session.exercise_folder)
    source = file_of(options) or "defaults"
    print(f"# in force: {source}")
    for name in config.__struct_fields__:
        value = getattr(config, name)
        if isinstance(value, Record):
            print(f"\n[{name}]")
            for key, setting in msgspec.structs.asdict(value).items():
                print(f"{key} = {msgspec.json.encode(_masked(setting)).decode()}")
        else:
            print(f"{name} = {msgspec.json.encode(value).decode()}")
    return 0


def _masked(setting: object) -> object:
    """Hide the password of an address such as `mqtt://user:password@host`."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", setting) if isinstance(setting, str) else setting
