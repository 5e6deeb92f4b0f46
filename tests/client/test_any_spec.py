"""Any spec: the client checks it as an independent validator does, and a server reads it so."""

import os
import tempfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from profilegate.client import Client
from profilegate.errors import InvalidFieldsError
from tests.foreign.acme import Acme, document, operation, read
from tests.foreign.random_specs import Sending, documents, requests
from tests.foreign.test_parameters import READ

SPECS = int(os.environ.get("PROFILEGATE_RANDOM_SPECS", "20"))
REQUESTS_OF_A_SPEC = 8


class ToAcme(httpx2.BaseTransport):
    """Sends to a gateway in this process."""

    def __init__(self, acme: Acme) -> None:
        self._acme = acme

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the same bytes."""
        response = self._acme.send(
            request.method,
            request.extensions["target"].decode(),
            content=request.read(),
            headers={name: value for name, value in request.headers.items() if name != "host"},
        )
        return httpx2.Response(
            response.status_code, headers=dict(response.headers), content=response.content
        )


@pytest.mark.parametrize(
    ("parameter", "value"), [(parameter, value) for parameter, *_, value in READ.values()], ids=READ
)
def test_a_parameter_is_written_by_its_schema_and_style(
    tmp_path: Path, parameter: dict[str, Any], value: Any
) -> None:
    """
    OpenAPI 3.0.3, Parameter Object, Style Values: the way back of what the server reads.
    """
    place = "/acme/{v}" if parameter["in"] == "path" else "/acme"
    spec = read(document(operation(path=place, parameters=[parameter])))

    with Acme(tmp_path, spec) as acme, Client(spec, transport=ToAcme(acme)) as client:
        response = client.call("act", {"v": value})

        assert 200 == response.status, response.value
        assert [{"v": value}] == acme.calls


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=SPECS,
    # A smaller example would take minutes to find, and these are small.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_the_client_and_the_server_understand_any_spec_alike(data: st.DataObject) -> None:
    """
    "Builds requests from the spec model, validates before sending": it rejects what an independent
    validator rejects, and of all else the handler gets the values that the caller gave.
    """
    drawn = data.draw(documents())
    [item] = drawn["paths"].values()
    described = item["post"]
    with tempfile.TemporaryDirectory() as folder, Acme(Path(folder), read(drawn)) as acme:
        client = Client(read(drawn), transport=ToAcme(acme))
        for _ in range(REQUESTS_OF_A_SPEC):
            sent: Sending = data.draw(requests(drawn))
            given_values = [value for _, value in sent.parts]
            names = [each["name"] for each in described["parameters"]]
            values = {
                name: value
                for name, value in zip(names, given_values, strict=False)
                if value != "absent"
            }
            body: Any = given_values[-1] if "requestBody" in described else UNSET
            if not sent.is_valid:
                with pytest.raises(InvalidFieldsError):
                    client.prepare("act", values, body=body)
                continue
            response = client.call("act", values, body=body)
            assert (200, []) == (response.status, response.problems), (sent, response.value)
            expected = acme.calls[-1]
            raw = acme.send("POST", sent.target, content=sent.content, headers=sent.headers)
            assert (200, expected) == (raw.status_code, acme.calls[-1]), sent
        client.close()
