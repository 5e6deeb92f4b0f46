"""Deployment files: each is checked with what reads it, as far as that runs without a cluster."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import kubernetes_validate
import pytest
import yaml

from profilegate.cli.main import main
from tests.gateway_process import CHECKOUT, GatewayProcess

DEPLOY = CHECKOUT / "deploy"
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text("utf-8")
KUBERNETES_VERSION = "1.37"

EXPOSURE_MAX = 1.5
"""The figure of systemd-analyze: up to 2 it says "OK", a service without any setting has 9.6."""


def documents(path: Path) -> list[Any]:
    """The documents of a YAML file."""
    return list(yaml.safe_load_all(path.read_text("utf-8")))


OBJECTS = {
    f"{path.stem} {each['kind']}": each
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for each in documents(path)
}


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_of_kubernetes_has_the_fields_of_its_schema(name: str) -> None:
    """
    A misspelt field would be ignored, and with it the limit or the right that it sets.
    """
    kubernetes_validate.validate(OBJECTS[name], KUBERNETES_VERSION, strict=True)


def test_there_are_the_objects_that_a_highly_available_gateway_needs() -> None:
    """
    "Deployment, PodDisruptionBudget, Secret", and the address of the pods.
    """
    kinds = {each["kind"] for each in OBJECTS.values()}

    assert {"Deployment", "PodDisruptionBudget", "Secret", "Service"} <= kinds


def test_the_example_of_a_secret_replaces_none() -> None:
    """
    Who applies the whole folder would lose the master key; the example has every key that is read.
    """
    (secret,) = (each for each in OBJECTS.values() if each["kind"] == "Secret")
    (deployment,) = (each for each in OBJECTS.values() if each["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    names = [each["secret"]["secretName"] for each in pod["volumes"] if "secret" in each]
    paths = [Path(each["value"]) for each in pod["containers"][0]["env"]]
    read = {path.name for path in paths if path.parent == Path("/run/secrets/profilegate")}

    assert secret["metadata"]["name"] not in names
    assert set(secret["stringData"]) == read


FILES = [
    CHECKOUT / "Dockerfile",
    *(path for path in sorted(DEPLOY.rglob("*")) if path.suffix in {".yaml", ".service"}),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_every_setting_of_a_deployment_exists(path: Path) -> None:
    """
    A variable that nobody reads changes nothing, without a word.
    """
    serve = main.commands["serve"]
    known = {str(option.envvar) for option in serve.params if getattr(option, "envvar", None)}
    known |= {name.removesuffix("_FILE") for name in known if name.endswith("_FILE")}
    named = set(re.findall(r"PROFILEGATE_[A-Z_]+", path.read_text("utf-8")))

    assert set() == named - known


def test_the_unit_of_systemd_is_valid_and_hardened() -> None:
    """
    "Hardened systemd unit": systemd itself says how far a service is from the rest of the machine.
    """
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze (Debian: apt-get install systemd)")
    unit = DEPLOY / "systemd" / "profilegate.service"
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    complaints = [line for line in verified.stderr.splitlines() if "profilegate.service:" in line]
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    exposure = re.search(r"Overall exposure level .*: ([0-9.]+)", rated.stdout)

    # The program is installed with the service, not here.
    assert [] == [line for line in complaints if "is not executable" not in line]
    assert exposure is not None
    assert float(exposure[1]) <= EXPOSURE_MAX


def test_the_image_is_built_from_the_files_that_it_copies(tmp_path: Path) -> None:
    """
    A file that a build needs and the Dockerfile does not copy fails only where there is Docker;
    one that .dockerignore hides as well.
    """
    allowed = (CHECKOUT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [
        part
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for part in shlex.split(line)[:-1]
    ]
    for name in copied:
        source, target = CHECKOUT / name, tmp_path / Path(name).name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with ZipFile(wheel) as archive:
        names = archive.namelist()

    assert [] == [name for name in copied if f"!{name}" not in allowed]
    assert {"profilegate/http/server.py", "profilegate/specs/kraken.yaml"} <= set(names)


def test_the_image_has_the_versions_that_are_tested() -> None:
    """
    Its pins are those of the tests, each with its hash.
    """
    pins = {
        name: dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
        for name in ("image", "dev")
        for text in [(CHECKOUT / "requirements" / f"{name}.txt").read_text("utf-8")]
    }

    assert {"psycopg", "greenlet", "opentelemetry-sdk"} <= pins["image"].keys()
    assert pins["image"].items() <= pins["dev"].items()


def test_the_health_check_of_the_image_tells_whether_the_gateway_is_ready(tmp_path: Path) -> None:
    """
    "Healthcheck": 0 for a gateway that is ready, and another exit code without one.
    """
    found = re.search(r"^ +CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found is not None
    command = [sys.executable, *json.loads(found[1])[1:]]
    with GatewayProcess.serving(tmp_path) as process:
        environment = {**os.environ, "PROFILEGATE_PORT": str(process.port)}
        ready = subprocess.run(command, env=environment, check=False, capture_output=True)
    gone = subprocess.run(command, env=environment, check=False, capture_output=True)

    assert 0 == ready.returncode
    assert 0 != gone.returncode


def test_the_composition_names_what_it_defines() -> None:
    """
    Compose rejects a service whose secret or volume is not defined; and only the machine itself
    reaches the gateway, which has no TLS.
    """
    (file,) = documents(DEPLOY / "compose.yaml")
    services = file["services"].values()
    secrets = {name for each in services for name in each["secrets"]}
    volumes = {name.partition(":")[0] for each in services for name in each["volumes"]}
    ports = [port for each in services for port in each.get("ports", [])]

    assert file["secrets"].keys() == secrets
    assert file["volumes"].keys() == volumes
    assert [] == [port for port in ports if not port.startswith("127.0.0.1:")]
    assert file["services"]["gateway"]["read_only"]
