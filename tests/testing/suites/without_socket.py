"""A suite of a user whose client takes an ASGI app: nothing listens."""

from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

import profilegate.testing
from profilegate.testing import Profilegate


def headers(pg: Profilegate) -> dict[str, str]:
    """The headers of a Machnet client."""
    return {"X-Client-Id": pg.machnet.client_id, "X-Client-Secret": pg.machnet.client_secret}


@pytest.mark.anyio
async def test_httpx_needs_no_socket(profilegate: Profilegate) -> None:
    """The app runs beside the client."""
    transport = httpx.ASGITransport(app=profilegate.asgi_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://machnet.test") as client:
        path = f"/users/{profilegate.machnet.user.id}"
        changed = await client.patch(path, json={"gender": "MALE"}, headers=headers(profilegate))

    assert (200, "male") == (changed.status_code, changed.json()["gender"])
    assert not profilegate.gateway.is_listening


def test_starlette_needs_no_socket() -> None:
    """Outside of a fixture; the lifespan of the app ends with the block."""
    app = profilegate.testing.asgi_app()
    double: Any = app.profilegate
    with TestClient(app) as client:
        response = client.get(f"/users/{double.machnet.user.id}", headers=headers(double))

    assert 200 == response.status_code
