"""`edge-agent evaluate`: how right the counts are, on recordings whose counts are known."""

import argparse
import sys
from pathlib import Path

import msgspec

from edge_agent.coaching.own_exercises import all_exercises
from edge_agent.commands.settings import from_options
from edge_agent.errors import ConfigError
from edge_agent.evaluation.data_sets import find_clips
from edge_agent.evaluation.film_tracks import default_cache
from edge_agent.evaluation.folds import SHIPPED, read_folds
from edge_agent.evaluation.perturbing import PERTURBATIONS
from edge_agent.evaluation.report import Evaluation, evaluate
from edge_agent.evaluation.running import Plan, run
from edge_agent.evaluation.tables import plain, tables
from edge_agent.strict_toml import near

_HOW_FITTED = """\
Cross-validation: the k-NN counter's examples are never from the video or person under test. Fixed angles are as
documented. Our exercise files are as shipped; docs/accuracy.md says what they were made from."""
_SHIPPED_MODEL = "Recognition's model is the shipped one, which may have learned from these recordings."
_FOLD_MODELS = "Recognition's models have never seen the video or person under test."


def main(options: argparse.Namespace) -> int:
    """Count everything, print the tables, and write the JSON file if one was asked for."""
    exercises = all_exercises(from_options(options).session.exercise_folder)
    plan = Plan(
        known=not options.recognised,
        recognised=not options.exercise_known,
        baselines=options.baselines,
        perturbations=_perturbations(options.perturb),
        folds=read_folds(options.models) if options.models else SHIPPED,
    )
    clips = find_clips(options.folder, options.cache or default_cache(), exercises)
    done = run(clips, exercises, plan, options.processes, _progress)
    found = evaluate(clips, exercises, done)
    _print(found)
    print(_SHIPPED_MODEL if plan.folds is SHIPPED else _FOLD_MODELS)
    if options.json:
        _write(options.json, found)
    return 0


def _perturbations(names: str | None) -> tuple[str, ...]:
    if not names:
        return ()
    chosen = tuple(PERTURBATIONS) if names == "all" else tuple(name.strip() for name in names.split(","))
    for name in chosen:
        if name not in PERTURBATIONS:
            raise ConfigError(f"--perturb: no {name!r}{near(name, PERTURBATIONS)}")
    return chosen


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of} recordings", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _print(found: Evaluation) -> None:
    for table in tables(found):
        print(plain(table), end="\n\n")
    for name, count in found.left_out.items():
        print(f"Left out: {count} recordings of {name}, which no exercise of ours counts.")
    print(_HOW_FITTED)


def _write(path: Path, found: Evaluation) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
    except OSError as error:
        raise ConfigError(f"--json {path}: cannot be written ({error})") from error
