"""``casts/{id}/retry/``, ``cancel/``, ``fail/`` and ``look/``: what may be done to a cast."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from pydantic import Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from casts import engine
from casts.api.cast_reading import CastReading
from casts.api.casts import own_cast
from casts.api.reading import read
from casts.engine.verbs import NoSuchStep
from spellhub.accounts import scoping
from spellhub.rest import bodies
from spellhub.rest.bodies import Body
from spellhub.rest.problems import Flaw, Problem, invalid
from spellhub.rest.views import Endpoint

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
_ILLEGAL = {409: "Not legal in the cast's present state, which `present_state` tells."}


class RetryOrder(Body):
    """Why, and from where: without ``from_step`` what failed or was cancelled runs again."""

    reason: Reason
    from_step: Annotated[str, Field(max_length=40)] | None = None


class CancelOrder(Body):
    """Why, if you like to say."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class FailOrder(Body):
    """Why."""

    reason: Reason


class LookOrder(Body):
    """Nothing is to be said."""


class _Verb(Endpoint):
    problems: ClassVar = {"POST": _ILLEGAL}

    def do(self, request: Request, cast_id: UUID, verb: Callable[[UUID], Any]) -> Response:
        """Do something to a cast of the account; answer with the cast as it is afterwards."""
        try:
            verb(own_cast(request, cast_id))
        except engine.Illegal as error:
            more = {"present_state": error.status}
            raise Problem(409, "illegal", str(error), more=more) from error
        except NoSuchStep as error:
            raise invalid([Flaw("/from_step", "unknown_step", str(error))]) from error
        return Response(read(cast_id, request))


class RetryView(_Verb):
    @extend_schema(request=RetryOrder, responses=CastReading)
    def post(self, request: Request, cast_id: UUID) -> Response:
        """Take a failed or cancelled cast on, with new attempts."""
        order = bodies.read(RetryOrder, request.data)

        def retry(cast: UUID) -> None:
            actor = scoping.actor_of(request)
            engine.retry(cast, actor=actor, reason=order.reason, from_step=order.from_step)

        return self.do(request, cast_id, retry)


class CancelView(_Verb):
    @extend_schema(request=CancelOrder, responses=CastReading)
    def post(self, request: Request, cast_id: UUID) -> Response:
        """End a live cast as cancelled."""
        order = bodies.read(CancelOrder, request.data)
        actor = scoping.actor_of(request)
        return self.do(
            request, cast_id, lambda cast: engine.cancel(cast, actor=actor, reason=order.reason)
        )


class FailView(_Verb):
    @extend_schema(request=FailOrder, responses=CastReading)
    def post(self, request: Request, cast_id: UUID) -> Response:
        """End a live cast as failed."""
        order = bodies.read(FailOrder, request.data)
        actor = scoping.actor_of(request)
        return self.do(
            request, cast_id, lambda cast: engine.fail(cast, actor=actor, reason=order.reason)
        )


class LookView(_Verb):
    @extend_schema(request=LookOrder, responses=CastReading)
    def post(self, request: Request, cast_id: UUID) -> Response:
        """Look at a cast again now: whatever is due is handed to the workers."""
        bodies.read(LookOrder, request.data)
        actor = scoping.actor_of(request)
        return self.do(request, cast_id, lambda cast: engine.look(cast, actor=actor))
