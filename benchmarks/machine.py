"""The machine, and what runs on it: what a figure means nothing without."""

import os
import platform
import re
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "connexion starlette uvicorn uvloop httptools jsonschema-rs msgspec cryptography "
    "fastapi pydantic litestar falcon SQLAlchemy asyncpg"
).split()


def machine() -> str:
    """The machine, its system, and Python."""
    return (
        f"{_cpu_model()}, {os.cpu_count()} cores, {platform.system()} {_kernel()},"
        f" {platform.python_implementation()} {platform.python_version()} ({_build()})"
    )


def packages() -> str:
    """The packages that matter, with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def _build() -> str:
    """Who built Python, and how: ratios move by a third between builds."""
    if sys.base_prefix == "/usr":
        # Debian's and Ubuntu's rules profile it without the option of ``configure``.
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
        return f"the package of {system}, profile-guided by its own rules"
    has_profile = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    return f"built {'with' if has_profile else 'without'} profile-guided optimisation"


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
