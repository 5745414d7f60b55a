"""``tools/{key}/run/``: call one tool; a cast of a spell of one step."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from casts import tool_spells
from casts.api.casts import CASTING_HEADERS, CASTING_PROBLEMS, CASTING_RESPONSES
from casts.api.orders import Order, Placing
from generations.adapters.base import NoSuchTool
from generations.tools import catalogue
from spellhub.accounts import scoping
from spellhub.rest import bodies
from spellhub.rest.problems import Problem
from spellhub.rest.views import Endpoint


class RunOrder(Order):
    """The inputs of the tool, and what may be said of every cast."""


class RunView(Endpoint):
    """A tool on its own."""

    problems: ClassVar = {"POST": CASTING_PROBLEMS}

    @extend_schema(request=RunOrder, responses=CASTING_RESPONSES, parameters=CASTING_HEADERS)
    def post(self, request: Request, key: str) -> Response:
        """Call a tool: the same engine and rows as any cast."""
        order = bodies.read(RunOrder, request.data)
        account = scoping.account_of(request, order.account)
        try:
            version = tool_spells.version_for(catalogue.get(key))
        except NoSuchTool as error:
            raise Problem(404, "unknown_tool", error.message) from error
        except tool_spells.SlugOccupied as error:
            raise Problem(409, "slug_occupied", str(error)) from error
        return Placing(request, "tools.run", account, version, order).answer()
