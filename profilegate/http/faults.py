"""Scripted faults, an operation's stage in test mode: between security and validation."""

from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.gateway.call import Call
from profilegate.gateway.context import Caller
from profilegate.gateway.fault_matching import scripted_effect
from profilegate.gateway.provider import ErrorResponse
from profilegate.gateway.request import ClientGoneError, ConnectionDroppedError
from profilegate.http.documented_responses import DocumentedResponses
from profilegate.http.error_responses import send_error
from profilegate.http.exchange import EXCHANGE, send_response
from profilegate.http.fault_effects import Delivery, OperationReplacedError
from profilegate.http.http_rules import request_id_headers
from profilegate.http.preferences import PREFER, PreferenceError, preferred_effect
from profilegate.http.provider_api import ProviderApi
from profilegate.http.stages import LinkedAPI, LinkedMiddleware
from profilegate.store import namespaces

PREFERENCE_APPLIED = b"preference-applied"

ANONYMOUS = Caller()


class FaultAPI(LinkedAPI):
    """One spec's operations, each of which may go wrong as a test or the request wants it."""

    def __init__(self, *args: object, api: ProviderApi, **kwargs: object) -> None:
        super().__init__(*args, api=api, **kwargs)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        """Compile the stage of one operation."""
        following = self.following(operation)
        api, ours = self.api, self.operation_of(operation)
        responses = DocumentedResponses(api, ours)
        # The admin API, which has no accounts, stays in order: it is the way to remove a fault.
        is_scripted = api.provider.policy is not None

        async def inject_fault(scope: Scope, receive: Receive, send: Send) -> None:
            call = scope[EXCHANGE].call
            may_fail = is_scripted and (call.context.has_faults or call.caller == ANONYMOUS)
            if not may_fail and PREFER not in call.request.headers:
                # Nearly always; what follows takes a tenth of an update.
                await following(scope, receive, send)
                return
            delivery = Delivery(call, responses, scope, receive, send)

            async def script_fault() -> None:
                call.context.on_settled = delivery.on_response = None
                effect = await scripted_effect(call, ours.id, responses.errors)
                if effect is not None:
                    await delivery.apply(effect)

            try:
                effect, applied = preferred_effect(call.request, responses.errors)
                if effect is not None:
                    delivery.headers.append((PREFERENCE_APPLIED, applied or b""))
                    await delivery.apply(effect)
                elif is_scripted and await _is_settled(call):
                    await script_fault()
                elif is_scripted:
                    # At the latest its response shows that the operation looks for no login.
                    call.context.on_settled = delivery.on_response = script_fault
                await following(scope, receive, delivery.send)
            except PreferenceError as error:
                await _reject_preference(api, call, str(error), scope, send)
            except OperationReplacedError:
                await delivery.deliver()
            except (ClientGoneError, ConnectionDroppedError):
                raise
            except Exception as error:
                if delivery.effect is None:
                    raise
                await send_error(scope, delivery.send, error)

        return inject_fault


class FaultMiddleware(LinkedMiddleware):
    """The stage of scripted faults; a gateway that is not in test mode has none."""

    api_cls = FaultAPI


async def _is_settled(call: Call) -> bool:
    """Whether the namespace of a request is known; a login in its body may belong to another."""
    context = call.context
    if context.is_chosen or call.caller != ANONYMOUS:
        return True
    return not await context.store.read(namespaces.others_exist)


async def _reject_preference(
    api: ProviderApi, call: Call, what: str, scope: Scope, send: Send
) -> None:
    """Send problem details: no provider has words for a header of ours."""
    problem = {"type": "about:blank", "title": "Bad Request", "status": 400}
    response = ErrorResponse.json(
        400, {**problem, "detail": f"Prefer: {what}"}, "application/problem+json"
    )
    headers = [
        *api.headers,
        (b"content-type", response.media_type.encode()),
        (b"content-length", b"%d" % len(response.body)),
        *request_id_headers(api.request_id_names, call.request_id),
    ]
    await send_response(scope, send, response.status, headers, response.body)
