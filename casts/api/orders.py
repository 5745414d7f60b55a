"""Accepting casts: what a request may say, and the one way from there to the engine."""

import json
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from rest_framework.request import Request
from rest_framework.response import Response

from casts import engine, following
from casts.api.reading import address_of_cast, read, read_new
from casts.engine.run import through_faults
from casts.models import SpellVersion
from casts.states import FINAL
from spellhub.accounts import idempotency, scoping
from spellhub.accounts.idempotency import Answer
from spellhub.rest.bodies import Body
from spellhub.rest.problems import Flaw, Problem, invalid
from spellhub.rest.waiting import Later, seconds_preferred

METADATA_BYTES = 16 * 1024
METADATA_DEPTH = 5
SOURCE = "api"


class Order(Body):
    """What is said of every cast: for whom, with what, and notes of the caller's own."""

    inputs: dict[str, Any] = Field(default={})
    account: Annotated[str, Field(min_length=1, max_length=150)] | None = Field(
        default=None, description="For service keys: the name of the account to cast for."
    )
    metadata: dict[str, Any] = Field(
        default={}, description="Yours; at most 16 KiB and 5 levels. spellhub never reads it."
    )
    callback_url: Any = Field(default=None, description="Refused: callbacks do not exist yet.")

    @field_validator("metadata")
    @classmethod
    def metadata_is_small(cls, value: dict[str, Any]) -> dict[str, Any]:
        """Refuse metadata that is large or deep."""
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        if len(text.encode()) > METADATA_BYTES:
            raise PydanticCustomError("too_large", "It is larger than 16 KiB")
        if _depth(value) > METADATA_DEPTH:
            raise PydanticCustomError("too_deep", "It is nested deeper than 5 levels")
        return value

    @field_validator("callback_url")
    @classmethod
    def there_are_no_callbacks(cls, _value: Any) -> Any:
        """Refuse what would be passed over."""
        sentence = "Callbacks come with a later version; leave it out"
        raise PydanticCustomError("not_supported", sentence)


def _depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    parts = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(part) for part in parts), default=0)


@dataclass(frozen=True)
class Placing:
    """One request to cast a spell version for an account; ``endpoint`` is where it came in."""

    request: Request
    endpoint: str
    account: User
    version: SpellVersion
    order: Order

    def answer(self) -> Response:
        """Accept the cast, once; 202, or what waiting for its end brings.

        Raises Problem: 409 and 422 when it cannot be cast so.
        """
        answer = self._accept()
        headers = {"Location": answer.location}
        if answer.is_replay:
            headers["Idempotent-Replayed"] = "true"
        seconds = seconds_preferred(self.request)
        if seconds:
            headers["Preference-Applied"] = f"wait={seconds}"
        response = Response(answer.body, status=answer.status, headers=headers)
        return self._later(response, UUID(answer.body["id"]), seconds) if seconds else response

    def _accept(self) -> Answer:
        asked = {"path": self.request.path, "body": self.request.data}
        attempt = idempotency.attempt_of(self.request, self.account, self.endpoint, asked)
        if attempt is None:
            return through_faults(self._make_without_key)
        return through_faults(lambda: idempotency.once(attempt, self._make))

    def _make_without_key(self) -> Answer:
        is_made = False
        try:
            # One transaction: what can be repeated is all of it, or none.
            with transaction.atomic():
                answer = self._make()
                is_made = True
        except (OperationalError, InterfaceError) as error:
            if is_made:
                # The commit itself failed: making it again could make a second cast.
                raise _commit_unknown() from error
            raise
        return answer

    def _make(self) -> Answer:
        request = self.request
        try:
            cast = engine.begin(
                self.version,
                self.account,
                self.order.inputs,
                source=SOURCE,
                actor=scoping.actor_of(request),
                api_key=scoping.key_of(request),
                metadata=self.order.metadata,
                uses_cache=not _wants_all_anew(request),
            )
        except engine.InputsInvalid as error:
            raise invalid(
                [Flaw(f"/inputs{p.pointer}", p.code, p.detail) for p in error.problems]
            ) from error
        except engine.NotCastable as error:
            raise _not_castable(error) from error
        return Answer(202, read_new(cast, request), address_of_cast(cast.pk, request))

    def _later(self, response: Response, cast: UUID, seconds: int) -> Later:
        def is_enough(_seq: int, status: str) -> bool:
            return status in FINAL

        async def wait(seconds: float) -> bool:
            return await following.wait(cast, is_enough, seconds)

        def answer() -> tuple[int, Any]:
            body = read(cast, self.request)
            return (200 if body["status"] in FINAL else 202), body

        return Later(response, seconds=seconds, wait=wait, answer=answer)


def _wants_all_anew(request: Request) -> bool:
    """Whether the request says, as HTTP does, that nothing stored may answer it (RFC 9111)."""
    directives = request.headers.get("Cache-Control", "").lower().split(",")
    return "no-cache" in (directive.strip() for directive in directives)


def _not_castable(error: engine.NotCastable) -> Problem:
    status = 409 if error.code == "spell_archived" else 422
    flaw = Flaw("/spell", error.code, str(error))
    return Problem(status, error.code, str(error), errors=[flaw])


def _commit_unknown() -> Problem:
    detail = (
        "The database went away while the cast was accepted: look whether it is there. "
        "With an Idempotency-Key the same request can always be sent again."
    )
    return Problem(503, "commit_unknown", detail)
