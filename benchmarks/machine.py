"""The machine, and what runs on it: what a figure means nothing without."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "connexion starlette uvicorn uvloop httptools jsonschema-rs msgspec cryptography "
    "fastapi pydantic litestar falcon SQLAlchemy"
).split()


def machine() -> str:
    """The machine, its system, and Python."""
    return (
        f"{_cpu_model()}, {os.cpu_count()} cores, {platform.system()} {_kernel()},"
        f" {platform.python_implementation()} {platform.python_version()}"
    )


def packages() -> str:
    """The packages that matter, with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _kernel() -> str:
    """The kernel's version without what its builder added."""
    found = re.match(r"[0-9.]+", platform.release())
    return found[0] if found else platform.release()
