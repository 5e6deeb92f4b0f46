"""Random specs over keywords, styles and locations: rejected, or served as they say.

``make random-specs`` tries more of them: 1000 specs with 12 requests each.
"""

import copy
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from profilegate.errors import SpecError, SpecsRejectedError
from tests.foreign.acme import Acme, read
from tests.foreign.random_specs import documents, requests

SPECS = int(os.environ.get("PROFILEGATE_RANDOM_SPECS", "40"))
REQUESTS_OF_A_SPEC = 12

QUIET = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=SPECS,
    # A smaller example would take minutes to find, and these are small.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@QUIET
@given(data=st.data())
def test_the_gateway_agrees_with_an_independent_validator(data: st.DataObject) -> None:
    """
    "``generate`` rejects them, or the gateway agrees with an independent validator": 2xx for each
    valid request, 4xx for each other one, and never 500.
    """
    document = data.draw(documents())
    with tempfile.TemporaryDirectory() as folder, Acme(Path(folder), read(document)) as acme:
        for _ in range(REQUESTS_OF_A_SPEC):
            sent = data.draw(requests(document))
            response = acme.send("POST", sent.target, content=sent.content, headers=sent.headers)
            expected = 2 if sent.is_valid else 4
            assert expected == response.status_code // 100, (sent, response.text)


JUNK: Any = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from(["", "a", "string", "#/components/schemas/Thing", "../a.yaml", "{", "[a-"]),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"$ref": "#/components/schemas/Thing"}),
    st.just({"a": {}}),
)

KEYWORDS = """
type format enum required properties items allOf oneOf not discriminator nullable pattern minimum
in name style explode schema content parameters requestBody responses security operationId servers
components schemas paths x-profile x-mask $ref default example additionalProperties readOnly
""".split()


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys or indexes."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    found = [(node, key) for key, _ in pairs]
    for container, key in list(found):
        if isinstance(container[key], dict | list):
            found += places(container[key])
    return found


@QUIET
@given(data=st.data())
def test_a_spoilt_spec_is_an_error_or_is_served(data: st.DataObject) -> None:
    """
    "No traceback, no 500": whatever an author writes where something else belongs.
    """
    document = data.draw(documents())
    container, key = data.draw(st.sampled_from(places(document)))
    if data.draw(st.booleans()) and isinstance(container, dict):
        key = data.draw(st.sampled_from(KEYWORDS))
    container[key] = copy.deepcopy(data.draw(JUNK))
    with tempfile.TemporaryDirectory() as folder:
        try:
            acme = Acme(Path(folder), read(document))
        except (SpecError, SpecsRejectedError):
            return
        with acme:
            for target in ("/acme", "/acme/1"):
                for content in (b"", b"{}", b"a=1"):
                    assert acme.send("POST", target, content=content).status_code < 500
