"""Starts quickly and quietly: without a search for garbage, and without the warnings of others."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick_start() -> Iterator[None]:
    """
    Pause Python's garbage collection, if it runs, and keep warnings of imports from a test.

    Modules, specs and validators stay; looking for garbage among them takes a tenth of a start.
    A test's own warnings may be errors, and Connexion imports names that are deprecated.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        if was_on:
            gc.enable()
