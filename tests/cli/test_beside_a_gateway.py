"""Real processes: a command changes the store that a running gateway serves."""

import json
from pathlib import Path

from tests.gateway_process import GatewayProcess, run

NAVIXY_HASH = "22eac1c27af4be7b9d04da2ce1af111b"


def test_what_a_command_writes_the_gateway_shows(tmp_path: Path) -> None:
    """
    Several processes may open the store, so a command works while the gateway runs.
    """
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        written = run(tmp_path, "profiles", "set", "navixy:1001", "name.given=Zoë", "--json")
        response = process.send("GET", f"/v2/user/get_info?hash={NAVIXY_HASH}")
        audited = run(tmp_path, "audit")

    assert (0, "") == (written.returncode, written.stderr)
    assert "Zoë" == json.loads(written.stdout)["fields"]["name.given"]
    assert "Zoë" == response.json()["user_info"]["first_name"]
    assert 0 == audited.returncode
