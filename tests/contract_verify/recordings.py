"""HAR recordings of clients that call a gateway, and what is planted into them."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.clients import (
    INDIVIDUAL_VERIFIED,
    JSON,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
)
from tests.running_gateway import Response, RunningGateway

HOST = "https://api.example.com"

VERIFIED = f"/users/{INDIVIDUAL_VERIFIED}"
CREATED = {"first_name": "Pem", "last_name": "Norgay", "email": "pem@example.com", "country": "US"}
NAVIXY_UPDATE = "/v2/user/personal_info/update"
NAVIXY_INFO = "/v2/user/get_info"
DIADOC_NAME = {"FullName": {"FullName": {"FirstName": "Ivan", "LastName": "Petrov"}}}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KRAKEN_USER = "/b2b/users/AA08%20N84G%20CPAR%20UN7A"


@dataclass
class Recorder:
    """Sends requests to a gateway, and records them as a proxy does."""

    gateway: RunningGateway
    base: str = ""
    """A base path in the recording, which the gateway does not have."""
    entries: list[Any] = field(default_factory=list)

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """Send one request, and record it with its response."""
        sent = headers or {}
        response = self.gateway.send(method, target, headers=sent, body=body)
        started = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(seconds=len(self.entries))
        entry: Any = {
            "startedDateTime": started.isoformat(),
            "time": 5,
            "request": {
                "method": method,
                "url": f"{HOST}{self.base}{target}",
                "headers": _pairs(sent),
                "bodySize": len(body or b""),
            },
            "response": {
                "status": response.status,
                "headers": _pairs(response.headers),
                "content": {
                    "size": len(response.body),
                    "mimeType": response.headers.get("content-type", ""),
                    **_text(response.body),
                },
            },
        }
        if body:
            media_type = sent.get("Content-Type", "")
            entry["request"]["postData"] = {"mimeType": media_type, **_text(body)}
        self.entries.append(entry)
        return response

    def json(
        self, method: str, target: str, headers: dict[str, str], value: Any = None
    ) -> Response:
        """Send a body in JSON."""
        body = None if value is None else json.dumps(value).encode()
        return self.send(method, target, headers={**headers, **JSON}, body=body)

    def signed(self, method: str, target: str, partner: KrakenPartner, value: Any = None) -> None:
        """Send a request that its sender signs."""
        body = b"" if value is None else json.dumps(value).encode()
        headers = {**partner.headers(target, body), "Payward-Version": "2025-04-15"}
        kind = {} if value is None else JSON
        self.send(method, target, headers={**headers, **kind}, body=body or None)

    def write(self, path: Path) -> Path:
        """Write the archive."""
        log = {"version": "1.2", "creator": {"name": "test", "version": "1"}}
        path.write_text(json.dumps({"log": {**log, "entries": self.entries}}))
        return path


def _pairs(headers: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def record_correct_clients(recorder: Recorder) -> None:
    """Create, show, change and show again; log in; sign with rising nonces."""
    made = recorder.json("POST", "/users", MACHNET, CREATED).json()
    user = f"/users/{made['id']}"
    recorder.send("GET", user, headers=MACHNET)
    recorder.json("PATCH", user, MACHNET, {"first_name": "Pemba", "mobile_phone": "2106603032"})
    recorder.json("PATCH", user, MACHNET, {"mobile_phone": "+12106603033"})
    recorder.send("GET", user, headers=MACHNET)
    recorder.send("GET", VERIFIED, headers=MACHNET)
    recorder.json("PATCH", VERIFIED, MACHNET, {"first_name": "Vera", "occupation": "Banker"})
    recorder.send("GET", VERIFIED, headers=MACHNET)
    for part in ("cip-info", "receive-users"):
        recorder.send("GET", f"{VERIFIED}/{part}", headers=MACHNET)
    recorder.send("POST", f"{user}/kyc", headers=MACHNET)
    recorder.send("GET", "/users/unknown", headers=MACHNET)
    partner = KrakenPartner(api_key="demo-sdk-key", private_key=SDK_SECRET)
    recorder.signed("PATCH", KRAKEN_USER, partner, {"date_of_birth": "1990-05-04"})
    recorder.signed("GET", KRAKEN_USER, partner)
    full = {"legal_type": "individual", "first_name": "Charles", "last_name": "Pearson"}
    sent = {**full, "middle_name": "Henry", "phone": "491761234567", "hash": NAVIXY_HASH}
    recorder.json("POST", NAVIXY_UPDATE, {}, sent)
    recorder.json("POST", NAVIXY_INFO, {}, {"hash": NAVIXY_HASH})
    recorder.json("POST", NAVIXY_UPDATE, {}, {**full, "middle_name": "", "hash": NAVIXY_HASH})
    recorder.json("POST", NAVIXY_INFO, {}, {"hash": NAVIXY_HASH})
    query = f"hash={NAVIXY_HASH}&legal_type=individual&first_name=Charles&last_name=Pearson"
    recorder.send("GET", f"{NAVIXY_UPDATE}?{query}")
    log_in = b"login=charles.pearson%40example.com&password=demo-password"
    opened = recorder.send("POST", "/v2/user/auth", headers=FORM, body=log_in).json()["hash"]
    recorder.send("GET", f"/v2/user/get_info?hash={opened}&iso_datetime=true")
    recorder.send("GET", "/v2/user/logout", headers={"Authorization": f"NVX {opened}"})
    recorder.send("GET", f"/v2/user/get_info?hash={opened}")
    recorder.json("POST", "/UpdateMyUser", diadoc_authorization(), DIADOC_NAME)
    recorder.json(
        "POST", "/UpdateMyUser", diadoc_authorization(), {"Login": {"Login": "a@b.example"}}
    )
    recorder.send("GET", "/V2/GetMyUser", headers=diadoc_authorization())
    in_protobuf = {**diadoc_authorization(), "Accept": "application/x-protobuf"}
    for target in (
        "/V2/GetMyUser",
        "/GetMyOrganizations?autoRegister=false",
        "/GetMyPermissions?orgId=7ebb1a25-21ce-4d0f-a1b2-3c4d5e6f7a80",
    ):
        recorder.send("GET", target, headers=in_protobuf)


SDK_SECRET = "ZGVtby1zZWNyZXQtZm9yLXNka3Mtb25seS1hbmQtbm90LWEtcmVhbC1rZXktaGVyZQ=="
