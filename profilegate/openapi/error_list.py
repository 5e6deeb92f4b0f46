"""All errors of a spec in one run: each check reports what it finds, and the reader goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from profilegate.errors import SpecError, SpecsRejectedError


@dataclass(slots=True)
class ErrorList:
    """
    The errors of specs so far.

    Checks run in stages. An error at a place around or inside of one that an earlier stage reported
    follows from it, most times, so it is left out.
    """

    errors: list[SpecError] = field(default_factory=list)
    _earlier: int = 0

    def next_stage(self) -> None:
        """From here on, errors at the places of those so far are left out."""
        self._earlier = len(self.errors)

    def add(self, error: SpecError) -> None:
        """Add an error, unless it follows from an earlier one."""
        earlier = self.errors[: self._earlier]
        same = [each for each in self.errors[self._earlier :] if str(each) == str(error)]
        if not same and not any(_is_related(each, error) for each in earlier):
            self.errors.append(error)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Add the error that ends the block, if any, and go on after it."""
        try:
            yield
        except SpecError as error:
            self.add(error)
        except SpecsRejectedError as error:
            for each in error.errors:
                self.add(each)

    def raise_errors(self) -> None:
        """
        End with the errors, if there are any, those of a file in the order of its lines.

        Raises:
            SpecError: there is one.
            SpecsRejectedError: there are several.
        """
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            files = list(dict.fromkeys(each.file for each in self.errors))
            place = {file: number for number, file in enumerate(files)}
            raise SpecsRejectedError(
                sorted(self.errors, key=lambda each: (place[each.file], each.line or 0))
            )


def _is_related(one: SpecError, other: SpecError) -> bool:
    near, far = f"{one.pointer}/", f"{other.pointer}/"
    return one.file == other.file and (near.startswith(far) or far.startswith(near))
