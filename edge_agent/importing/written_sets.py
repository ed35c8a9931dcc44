"""Sets as people write them in a line: `80kg x 5, 82.5 x 3 @8`, `3x8`, `20, 15, 12`, `2 x 45s`. Pure grammar."""

import re

from edge_agent.errors import PermanentError
from edge_agent.importing import quantities
from edge_agent.importing.told import ToldSet, WeightUnit
from edge_agent.phrase import Phrase
from edge_agent.records import Record

_NUMBER = r"\d{1,4}(?:[.,]\d{1,3})?"
_UNIT = r"(?:kg|kgs|kilos?|lbs?|pounds?)"
_TIMES = r"\s*[x*]\s*"
_WEIGHT_FIRST = re.compile(rf"({_NUMBER})\s*({_UNIT})?{_TIMES}(\d{{1,4}})(?:\+(\d{{1,3}}))?(?:{_TIMES}(\d{{1,2}}))?")
_SETS_FIRST = re.compile(
    rf"(?:(\d{{1,2}}){_TIMES})?(\d{{1,4}})(?:\+(\d{{1,3}}))?\s*(?:reps?|wdh\.?)?\s*(?:@|at|mit|bei|with|à)?\s*({_NUMBER})\s*({_UNIT})"
)
_HELD = re.compile(
    rf"(?:(\d{{1,2}}){_TIMES})?(\d{{1,3}}:[0-5]\d|{_NUMBER}\s*(?:s|secs?|seconds?|sek\.?|sekunden|min|minutes?|minuten))"
)
_REPS = re.compile(r"(\d{1,4})(?:\+(\d{1,3}))?\s*(?:reps?|wdh\.?|wiederholungen)?")
_RPE = re.compile(r"\s*(?:@\s*(?:rpe\s*)?|\brpe\s*)(10|[1-9](?:[.,]5)?)(?![\d.,]*\s*(?:kg|lb|pound|kilo))\s*")
_WARMUP = re.compile(r"\s*\(?\b(?:warm-?\s?up|aufw[äa]rmen|w)\b\)?:?\s*")
_ASIDE = re.compile(r"\s*\(([^()]*)\)\s*")
_BETWEEN = re.compile(r"\s*;\s*|,\s+|\s+/\s+|\s*\|\s*")
_MOST_SETS_AT_ONCE, _MOST_IN_A_LINE = 20, 100
_FEW = 10
"""`5 x 5` without any unit means sets and reps, `60 x 5` a weight: nobody writes of more than ten sets like that."""


class Line(Record, frozen=True, kw_only=True):
    """The sets of a line, and the parts of it that are none."""

    sets: tuple[ToldSet, ...]
    left_out: tuple[Phrase, ...]


def written_sets(words: str, own_unit: WeightUnit) -> Line:
    """Return the sets of what stands behind an exercise's name. Weights without unit are in that of the line, else in
    `own_unit`.
    """
    sets: list[ToldSet] = []
    left_out = []
    in_line = re.search(rf"\d\s*({_UNIT})\b", words.casefold())
    unit = quantities.weight_unit(in_line[1]) if in_line else None
    for part in _BETWEEN.split(words):
        if not part.strip():
            continue
        try:
            sets += _part(part.casefold().strip(), unit, own_unit)
        except PermanentError as error:
            left_out.append(error.phrase)
        if len(sets) > _MOST_IN_A_LINE:
            return Line(
                sets=tuple(sets[:_MOST_IN_A_LINE]),
                left_out=(*left_out, Phrase("more than {most} sets in a line", most=_MOST_IN_A_LINE)),
            )
    return Line(sets=tuple(sets), left_out=tuple(left_out))


def _part(part: str, unit: WeightUnit | None, own_unit: WeightUnit) -> list[ToldSet]:
    """Return the sets of one part. Raises `PermanentError` for what is none."""
    bare, warmups = _WARMUP.subn(" ", part)
    asides = _ASIDE.findall(bare)
    bare = _ASIDE.sub(" ", bare)
    rpe_told = _RPE.search(bare)
    bare = _RPE.sub(" ", bare).strip() if rpe_told else bare.strip()
    count, one = _bare(bare, unit, own_unit)
    if not 1 <= count <= _MOST_SETS_AT_ONCE:
        raise PermanentError("{part!r}: {count} sets", part=part[:60], count=count)
    one = ToldSet(
        kind="warmup" if warmups else "working",
        reps=one.reps,
        partial_reps=one.partial_reps,
        weight_kg=one.weight_kg,
        rpe=quantities.rpe(quantities.number(rpe_told[1])) if rpe_told else None,
        hold_s=one.hold_s,
        notes="; ".join(asides),
    )
    return [one] * count


def _bare(part: str, unit: WeightUnit | None, own_unit: WeightUnit) -> tuple[int, ToldSet]:
    """Return how many sets, and one of them."""
    if match := _HELD.fullmatch(part):
        return int(match[1] or 1), ToldSet(hold_s=quantities.seconds(quantities.duration_s(_time(match[2]))))
    if match := _SETS_FIRST.fullmatch(part):
        return int(match[1] or 1), _set(match[2], match[3], match[4], match[5], own_unit)
    if match := _WEIGHT_FIRST.fullmatch(part):
        weight, weight_unit, reps, partial, count = match.groups()
        is_bare = weight_unit is None and unit is None and weight.isdecimal() and count is None
        if is_bare and int(weight) <= _FEW:
            return int(weight), _set(reps, partial, None, None, own_unit)
        return int(count or 1), _set(reps, partial, weight, weight_unit or unit, own_unit)
    if match := _REPS.fullmatch(part):
        return 1, _set(match[1], match[2], None, None, own_unit)
    raise PermanentError("{part!r} is not understood; write 80kg x 5", part=part[:60])


def _set(reps: str, partial: str | None, weight: str | None, unit: str | None, own_unit: WeightUnit) -> ToldSet:
    full = quantities.reps(quantities.number(reps))
    if not full and not partial:
        raise PermanentError("a set of no reps")
    named = quantities.weight_unit(unit) if unit else None
    weight_kg = quantities.weight_kg(quantities.number(weight), named or own_unit) if weight else None
    return ToldSet(reps=full, partial_reps=int(partial or 0), weight_kg=weight_kg)


def _time(text: str) -> str:
    """Return a duration as `quantities.duration_s` reads it."""
    return re.sub(r"sek(?:unden|\.)?$", "s", re.sub(r"minuten$", "min", text))
