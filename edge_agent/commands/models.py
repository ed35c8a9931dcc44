"""`edge-agent models`: list, verify or build the pose models."""

import argparse
from pathlib import Path

from edge_agent.pose import model_files


def main(options: argparse.Namespace) -> int:
    """Do what was asked; a wrong model ends in `ConfigError`."""
    return {"list": _list, "verify": _verify, "build": _build}[options.action](options)


def _list(_options: argparse.Namespace) -> int:
    for name, file in model_files.FILES.items():
        path = model_files.MODELS_FOLDER / file
        size = f"{path.stat().st_size / 1e6:.1f} MB" if path.exists() else "missing"
        print(f"{name:9} {path}  {size}")
    return 0


def _verify(_options: argparse.Namespace) -> int:
    for name in model_files.verify_models():
        print(f"{name}: as published")
    return 0


def _build(options: argparse.Namespace) -> int:
    from edge_agent.pose.conversion.build import build_models  # noqa: PLC0415 - needs the extra `dev`

    out: Path = options.out or model_files.MODELS_FOLDER
    for built in build_models(out, options.source):
        print(built)
    return 0
