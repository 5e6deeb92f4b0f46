"""Calls a provider by its spec: builds, checks, signs and sends requests, and checks responses.

::

    client = Client.of("machnet", {"client_id": "…", "client_secret": "…"}, "https://…")
    answer = client.call("update_user", user_id="…", body={"occupation": "Banker"})
    answer.status, answer.value, answer.violations
"""

from profilegate.client.answers import Answer
from profilegate.client.client import Client
from profilegate.client.credentials import find_credentials

__all__ = ["Answer", "Client", "find_credentials"]
