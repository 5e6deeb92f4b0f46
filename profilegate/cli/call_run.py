"""One run of the command call: reads its arguments, sends the request, and prints the response."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.call_output import (
    print_dry_run,
    print_head,
    print_request,
    print_response,
    print_signed,
    warn,
)
from profilegate.cli.options import close_stdout
from profilegate.errors import (
    CallError,
    CredentialsNotGivenError,
    InvalidFieldsError,
    ProfilegateError,
    Violation,
)

if TYPE_CHECKING:
    from profilegate.client import BaseUrl, Client, Response
    from profilegate.client.fields import Fields
    from profilegate.gateway.outgoing import OutgoingRequest, Signer
    from profilegate.openapi import Operation, Spec

SUCCESS, INVALID, SPEC_BROKEN, REJECTED, FAILED = 0, 2, 3, 4, 5
"""The exit codes: docs/calls.md says what they mean."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Arguments:
    """The arguments of one call; ``given`` are the texts of the fields, by their names."""

    given: Mapping[str, Sequence[str]]
    data: str | None
    headers: Sequence[str]
    base_url: str | None
    profile: str | None
    media_type: str
    unsigned: bool
    timeout: float
    curl: bool
    dry_run: bool
    as_json: bool
    verbose: bool


@contextmanager
def exits() -> Iterator[None]:
    """Report an error in one sentence for each violation, and exit with its code."""
    from profilegate.openapi.messages import sentence

    try:
        yield
    except InvalidFieldsError as error:
        for violation in error.violations:
            warn(f"{violation.field or 'the body'} {sentence(violation)}")
        sys.exit(INVALID)
    except CallError as error:
        warn(str(error))
        sys.exit(FAILED)
    except ProfilegateError as error:
        warn(str(error))
        sys.exit(INVALID)
    except BrokenPipeError:
        close_stdout()
        sys.exit(SUCCESS)
    except OSError as error:
        warn(f"{error.filename or 'a file'}: {error.strerror or 'it cannot be read'}")
        sys.exit(INVALID)


@dataclass(frozen=True, slots=True)
class Run:
    """One call of an operation."""

    spec: "Spec"
    operation: "Operation"
    signer: "Signer"
    fields: "Fields"
    arguments: Arguments

    def __call__(self) -> int:
        """
        Make the call, and print what is asked for; the exit code.

        Raises:
            ProfilegateError: nothing was sent, or there is no response.
        """
        from profilegate.client.client import sent_headers
        from profilegate.gateway.curl import curl_command

        with self._client() as client:
            request = self._prepared(client)
            for name in client.unknown_fields(request, self.arguments.media_type):
                warn(f"{name} is not in the spec; it may be mistyped")
            if self.arguments.verbose:
                print_signed(request)
                print_request(request, mark="> ", err=True)
            if self.arguments.curl:
                headers = sent_headers(request).items()
                click.echo(curl_command(request.method, request.url, headers, request.body))
                return SUCCESS
            if self.arguments.dry_run:
                print_dry_run(request, as_json=self.arguments.as_json)
                return SUCCESS
            response = client.send(request)
        if self.arguments.verbose or not self.arguments.as_json:
            print_head(response, is_whole=self.arguments.verbose)
        for problem in response.problems:
            warn(f"the response breaks the spec: {problem}")
        try:
            print_response(response, as_json=self.arguments.as_json)
        except BrokenPipeError:
            close_stdout()
        return exit_code(response)

    def _client(self) -> "Client":
        from profilegate.client import Client
        from profilegate.client.credentials import find_profile
        from profilegate.gateway.loading import load_descriptors

        profile = find_profile(self.spec.name, self.signer, self.arguments.profile)
        return Client(
            self.spec,
            profile.credentials,
            self._base_url(self.arguments.base_url or profile.base_url),
            signer=self.signer,
            descriptors=load_descriptors(self.spec.name),
            timeout_seconds=self.arguments.timeout,
        )

    def _base_url(self, url: str | None) -> "BaseUrl":
        from profilegate.client.base_urls import GATEWAY_VARIABLE, BaseUrl

        if url:
            return BaseUrl.of(url)
        gateway = os.environ.get(GATEWAY_VARIABLE)
        return BaseUrl.of_gateway(gateway) if gateway else BaseUrl.of_spec(self.spec)

    def _prepared(self, client: "Client") -> "OutgoingRequest":
        from msgspec import UNSET

        from profilegate.client import SendOptions
        from profilegate.client.credentials import variable_of

        arguments = self.arguments
        whole: Any = UNSET
        if arguments.data is not None:
            whole = self.fields.read_body(_content_of(arguments.data), self.arguments.media_type)
        values, body = self.fields.values(arguments.given, whole)
        options = SendOptions(
            media_type=self.arguments.media_type,
            headers=dict(map(_header, arguments.headers)),
            is_signed=not arguments.unsigned,
        )
        try:
            return client.prepare(self.operation.id, values, body=body, options=options)
        except CredentialsNotGivenError as error:
            names = dict.fromkeys(name for each in error.alternatives for name in each)
            variables = ", ".join(variable_of(self.spec.name, name) for name in names)
            warn(f"set {variables}; or name a profile with --as, or send none with --unsigned")
            raise


def exit_code(response: "Response") -> int:
    """What a script must know first: the server failed, it broke the spec, it rejects the call."""
    if response.status >= 500:
        return FAILED
    if response.violations:
        return SPEC_BROKEN
    return REJECTED if response.status >= 400 else SUCCESS


def _content_of(data: str) -> bytes:
    """The bytes of ``-d``: a text, those of a file, or the standard input."""
    if data == "@-":
        return sys.stdin.buffer.read()
    return Path(data[1:]).read_bytes() if data.startswith("@") else data.encode()


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise InvalidFieldsError([Violation(("--header",), "unreadable", "write 'Name: value'")])
    return name.strip(), value.strip()
