"""What the framework and msgspec say of input that does not fit, as phrases of ours; what is not known stays as it is.

Both put English together where nobody can translate it, so the templates are found in the text again.
"""

import functools
import re
from string import Formatter

from edge_agent.phrase import Phrase, joined

_FORMS = (
    Phrase("Validation failed for {request}"),
    Phrase("Missing required {place} parameter {name} for path {path}"),
    Phrase("Object missing required field `{field}`"),
    Phrase("Object contains unknown field `{field}`"),
    Phrase("Expected `{kinds}`, got `{given_kinds}`"),
    Phrase("Expected `{kinds}` >= {least}"),
    Phrase("Expected `{kinds}` <= {most}"),
    Phrase("Expected `{kinds}` > {bound}"),
    Phrase("Expected `{kinds}` < {bound}"),
    Phrase("Expected `{kinds}` of length >= {least}"),
    Phrase("Expected `{kinds}` of length <= {most}"),
    Phrase("Expected `{kinds}` matching regex {pattern}"),
    Phrase("Invalid enum value {text}"),
    Phrase("Invalid value {text}"),
    Phrase("Invalid RFC3339 encoded date"),
    Phrase("Invalid RFC3339 encoded datetime"),
)
_KINDS = (
    *(Phrase("str"), Phrase("int"), Phrase("float"), Phrase("bool")),
    *(Phrase("object"), Phrase("array"), Phrase("null")),
)


def misfit(text: str) -> str:
    """Return a phrase that reads the same in English, or the text itself."""
    for form in _FORMS:
        if found := _pattern(form.template).fullmatch(text):
            return Phrase(form.template, **{name: _value(name, one) for name, one in found.groupdict().items()})
    return text


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = Formatter().parse(template)
    return re.compile("".join(re.escape(text) + (f"(?P<{name}>.+)" if name else "") for text, name, _, _ in parts))


def _value(name: str, text: str) -> str:
    if not name.endswith("kinds"):
        return text
    known: dict[str, str] = {str(one): one for one in _KINDS}
    return joined(" | ", [known.get(one, one) for one in text.split(" | ")])
