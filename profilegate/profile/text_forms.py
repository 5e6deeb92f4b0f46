"""Text forms: which texts a provider has a form for, also by the value of another field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from profilegate.errors import InvalidFieldsError, Violation
from profilegate.profile.fields import Changes, Fields

_compiled = cache(re.compile)


@dataclass(frozen=True, slots=True)
class TextForm:
    """The texts that a provider can show (``x-only``): those that match a pattern.

    ``by`` is the path whose value chooses the pattern (in an item of a list, the key of the part);
    ``other`` is the pattern for every value that ``patterns`` does not list.
    """

    other: str
    by: str = ""
    patterns: Mapping[str, str] = field(default_factory=dict)

    def pattern(self, fields: Mapping[str, Any]) -> str:
        """The pattern for a text beside these fields."""
        value = fields.get(self.by)
        return self.patterns.get(value, self.other) if isinstance(value, str) else self.other

    def fits(self, text: str, fields: Mapping[str, Any]) -> bool:
        """Whether a text beside these fields has the form."""
        return _compiled(self.pattern(fields)).fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class SentForm:
    """The form of a text that an update sends: where it lives, and its name in the body.

    ``part`` is the part of a document that has the form, None for a field of its own.
    """

    path: str
    at: tuple[str, ...]
    form: TextForm
    part: str | None = None

    def unfit(self, fields: Fields, changes: Changes) -> Iterator[Violation]:
        """The texts in the changes that have another form, as violations of the body's fields."""
        value = changes.get(self.path)
        if value is None:
            return
        if self.part is None:
            after = {**fields, **changes}
            if not self.form.fits(value, after):
                yield Violation(self.at, "pattern", self.form.pattern(after))
            return
        name, part_name = self.at
        for place, document in enumerate(value):
            text = document.get(self.part)
            if text is not None and not self.form.fits(text, document):
                yield Violation((name, place, part_name), "pattern", self.form.pattern(document))


def reject_unfit(forms: Sequence[SentForm], fields: Fields, changes: Changes) -> None:
    """
    Check the texts that an update sends, beside the fields that it leaves.

    Raises:
        InvalidFieldsError: a text has another form than the fields after the update ask for.
    """
    if violations := [each for form in forms for each in form.unfit(fields, changes)]:
        raise InvalidFieldsError(violations)
