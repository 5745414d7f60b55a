"""What every endpoint does before its own work."""

from typing import Any, ClassVar

from django.views.decorators.common import no_append_slash
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.views import APIView

from spellhub.rest.problems import Flaw, Problem

PAGING = frozenset({"cursor", "page_size"})


class Endpoint(APIView):
    """An endpoint that refuses query parameters it does not know.

    A parameter that is passed over would let somebody believe in a filter, or in a preview.
    ``parameters`` are those it knows besides ``account``, which all know.
    """

    parameters: ClassVar[frozenset[str]] = frozenset()
    http_method_names = ["get", "head", "post", "patch", "delete"]  # noqa: RUF012 - Django's own

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view; without its slash an address is unknown, not redirected.

        A redirect would turn a POST into a GET, and lose what it says.
        """
        return no_append_slash(super().as_view(**initkwargs))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then what is asked; raises Problem 400 and 411."""
        super().initial(request, *args, **kwargs)
        known = {"account", *self.known_parameters()}
        flaws = [
            Flaw(f"/{name}", "unknown_parameter", f"There is no query parameter {name[:60]!r}.")
            for name in sorted(set(request.query_params) - known)
        ]
        if flaws:
            detail = f"{flaws[0].detail} Known here: {', '.join(sorted(known))}."
            raise Problem(400, "invalid_query", detail, errors=flaws)
        if any("\x00" in text for values in request.query_params.lists() for text in values[1]):
            raise Problem(400, "invalid_query", "The query holds the character U+0000.")
        if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
            raise Problem(411, "length_required", "Send the body with its Content-Length.")

    def known_parameters(self) -> frozenset[str]:
        """Return the names of the query parameters that this endpoint understands."""
        return self.parameters


class Collection(ListModelMixin, GenericAPIView[Any], Endpoint):
    """An endpoint of many things, paged, and filtered by its ``filterset_class``."""

    filterset_class: ClassVar[Any] = None

    def known_parameters(self) -> frozenset[str]:
        """Return the paging parameters and the filters."""
        filters = self.filterset_class.base_filters if self.filterset_class else ()
        return self.parameters | PAGING | frozenset(filters)
