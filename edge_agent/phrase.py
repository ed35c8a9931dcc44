"""What this program says to people: English text that can still be said in another language.

Whoever logs, prints or compares a phrase sees a plain string. It also knows its template and what filled that in, and
pages look the template up in their catalogue (`web.phrases`). What is cut from a phrase is plain text again.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Phrase(str):
    """English text made from a template. A subclass of `str`, so that it goes wherever text goes.

    `values` are data (numbers, names, paths, words that somebody typed) or phrases of their own. A template is filled
    in only when there are values: text that comes from elsewhere may hold braces.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str | float]

    def __new__(cls, template: str, /, **values: object) -> "Phrase":
        """Keep of other values than texts and numbers what they are as text."""
        kept = {name: one if isinstance(one, str | int | float) else str(one) for name, one in values.items()}
        phrase = super().__new__(cls, template.format(**kept) if kept else template)
        phrase.template, phrase.values = template, kept
        return phrase

    @staticmethod
    def of(text: str) -> "Phrase":
        """Return a text as a phrase, if it is none yet."""
        return text if isinstance(text, Phrase) else Phrase(text)

    def said_in(self, texts: Mapping[str, str]) -> str:
        """Return the phrase with the templates of another language; those it lacks stay English."""
        template = texts.get(self.template, self.template)
        said = {name: one.said_in(texts) if isinstance(one, Phrase) else one for name, one in self.values.items()}
        return template.format(**said) if said else template

    def with_texts(self, change: Callable[[str], str]) -> "Phrase":
        """Return the phrase with every text in it changed, such as cut to a length; filled templates stay."""
        if not self.values:
            return Phrase(change(self.template))
        changed: dict[str, object] = {}
        for name, one in self.values.items():
            if isinstance(one, Phrase):
                changed[name] = one.with_texts(change)
            else:
                changed[name] = change(one) if isinstance(one, str) else one
        return Phrase(self.template, **changed)

    def parts(self) -> list[Any]:
        """Return what `of_parts` takes, for a message to another process; phrases among the values stay phrases."""
        return [self.template, self.values]

    @staticmethod
    def of_parts(parts: Any) -> "Phrase":
        """Return the phrase of parts as they arrive, phrases among the values as lists; or of a plain text."""
        if isinstance(parts, str):
            return Phrase(parts)
        template, values = parts
        return Phrase(
            template, **{name: Phrase.of_parts(one) if isinstance(one, list) else one for name, one in values.items()}
        )


def joined(between: str, parts: Iterable[str]) -> Phrase:
    """Return several phrases as one."""
    values = {f"part_{number}": one for number, one in enumerate(parts)}
    return Phrase(between.join(f"{{{name}}}" for name in values), **values)
