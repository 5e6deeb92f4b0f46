"""Calls a provider by its spec: builds, checks, signs and sends requests, and checks responses."""

from profilegate.client.base_urls import BaseUrl
from profilegate.client.client import Client, SendOptions
from profilegate.client.responses import Response

__all__ = ["BaseUrl", "Client", "Response", "SendOptions"]
