"""What the description of the endpoints (OpenAPI 3.1) says of all of them."""

from typing import Any, Literal

from django.db.models import TextChoices
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from pydantic import BaseModel, ConfigDict

from spellhub.rest import request_ids
from spellhub.rest.problems import MEDIA_TYPE

_BODY_PROBLEMS = {
    400: "The body or the query cannot be read, or the query is wrong.",
    411: "The body came without its length.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "The body is not what is wanted; `errors` says where and why.",
}


class FlawReading(BaseModel):
    """One thing that is wrong with a request."""

    pointer: str
    code: str
    detail: str


class ProblemReading(BaseModel):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FlawReading]
    request_id: str


class Schema(AutoSchema):
    """Describes an endpoint, with the headers and problems that every one of them has."""

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters of every endpoint."""
        name = request_ids.HEADER
        mine = "Your own id of the request: 1 to 128 of A-Z a-z 0-9 . _ : -"
        return [
            OpenApiParameter(
                "account",
                str,
                OpenApiParameter.QUERY,
                description="For service keys: the name of the account to act for.",
            ),
            OpenApiParameter(name, str, OpenApiParameter.HEADER, description=mine),
            OpenApiParameter(
                name, str, OpenApiParameter.HEADER, response=True, description="The request's id."
            ),
        ]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status, sentence in self._problems().items():
            bodies.setdefault(
                status,
                self._get_response_for_code(  # type: ignore[no-untyped-call]
                    OpenApiResponse(ProblemReading, description=sentence),
                    status,
                    [MEDIA_TYPE],
                    direction,
                ),
            )
        return bodies

    def _problems(self) -> dict[str, str]:
        found = {400: "The query is wrong."}
        if self.method in {"POST", "PATCH"}:
            found |= _BODY_PROBLEMS
        found[401] = "The API key is missing, unknown or revoked."
        found[403] = "The key may not act for that account, or not do this."
        if "{" in self.path:
            found[404] = "It does not exist, or belongs to another account."
        found |= getattr(self.view, "problems", {}).get(self.method, {})
        found[503] = "The database is away, or too many requests wait already."
        texts = {str(status): sentence for status, sentence in found.items()}
        return texts | {"default": "Any other problem."}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes how an API key is sent."""

    target_class = "spellhub.accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002
        """Describe the header."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "sk_…"}


def one_of(choices: type[TextChoices], *, or_null: bool = False) -> dict[str, Any]:
    """Return what limits a text to some choices, for ``Field(json_schema_extra=…)``."""
    values: list[str | None] = [str(value) for value in choices.values]
    return {"enum": [*values, None] if or_null else values}
