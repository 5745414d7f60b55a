"""``tools/``: what can be called."""

from typing import Annotated, Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from generations.adapters.base import Mode, NoSuchTool, ToolSpec
from generations.api.readings import CostReading
from generations.pricing import price_of
from generations.tools import catalogue
from spellhub.rest import pagination
from spellhub.rest.problems import Problem
from spellhub.rest.views import Endpoint


class ToolReading(BaseModel):
    """A tool; ``inputs`` and ``outputs`` are JSON Schemas."""

    key: str
    version: str
    title: str
    description: str
    adapter: str
    mode: Mode
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    price: CostReading
    billable: bool
    repeatable: bool
    deadline_s: Annotated[int, Field(description="Seconds that a call may take.")]
    retired: Annotated[str, Field(description="What to use instead; empty unless it is retired.")]
    example: dict[str, Any]


class ToolPage(BaseModel):
    """All tools, in the order of their keys."""

    results: list[ToolReading]
    next: None
    previous: None


class ToolsView(Endpoint):
    """The tools."""

    @extend_schema(responses=ToolPage, operation_id="tools_list")
    def get(self, _request: Request) -> Response:
        """List the tools that a step can call."""
        return pagination.page([_reading(tool) for tool in catalogue.specs()])


class ToolView(Endpoint):
    """One tool."""

    @extend_schema(responses=ToolReading)
    def get(self, _request: Request, key: str) -> Response:
        """Read a tool with its schemas and its price."""
        try:
            return Response(_reading(catalogue.get(key)))
        except NoSuchTool as error:
            raise Problem(404, "unknown_tool", error.message) from error


def _reading(tool: ToolSpec) -> dict[str, Any]:
    reading = ToolReading(
        key=tool.key,
        version=tool.version,
        title=tool.title,
        description=tool.description,
        adapter=tool.adapter,
        mode=tool.mode,
        inputs=tool.input_schema,
        outputs=tool.output_schema,
        price=CostReading(amount=price_of(tool)),
        billable=tool.billable,
        repeatable=tool.repeatable,
        deadline_s=tool.deadline_s,
        retired=tool.retired,
        example=tool.example,
    )
    return reading.model_dump(mode="json")
