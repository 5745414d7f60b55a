"""Performing one claimed call. Every exception ends as a recorded failure; nothing escapes."""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings

from generations import artifacts, jobs, leases
from generations.adapters.base import (
    ArtifactRef,
    Asynchronous,
    BadOutput,
    CallCancelled,
    DeadlineExceeded,
    Done,
    Immediate,
    InvalidInput,
    NoSuchTool,
    ToolError,
    ToolSpec,
)
from generations.failures import Failure
from generations.leases import Lease
from generations.outcomes import Failed, Kept, Order, Outcome, Succeeded, Unclear, Work
from generations.schemas import violations
from generations.tools import catalogue
from spellhub.identifiers import uuid7
from spellhub.json_values import flaw_of

logger = logging.getLogger(__name__)

MAX_OUTPUT_BYTES = 1024 * 1024


class GenerationCall:
    """The call that an adapter sees: one attempt of one step, with its files."""

    def __init__(self, order: Order, lease: Lease) -> None:
        self.id: UUID = order.generation
        self.attempt = order.attempt
        self.key = str(order.generation)
        self.inputs: Mapping[str, Any] = order.inputs
        self.deadline: datetime = order.deadline
        self.callback_url = callback_url_of(order)
        self.kept: list[Kept] = []
        self._order = order
        self._lease = lease
        self._ends = monotonic() + order.seconds

    def seconds_left(self) -> float:
        """How long the call may still take, by this machine's own clock of durations."""
        return self._ends - monotonic()

    def is_wanted(self) -> bool:
        """Whether anybody still waits for the result."""
        return self._lease.is_held

    def progress(self, fraction: float | None, note: str = "") -> None:  # noqa: ARG002
        """See Call. The progress of calls that answer at once is shown to nobody yet."""
        if not self.is_wanted():
            raise CallCancelled("The step was ended while its tool ran.")

    def open(self, artifact: str) -> BinaryIO:
        """See Call."""
        link = artifacts.owned_by(self._order.account, artifact)
        if link is None:
            raise InvalidInput(f"There is no file {artifact} of this account.")
        return artifacts.open_file(link.artifact)

    def keep(
        self,
        stream: Iterable[bytes],
        *,
        media_type: str,
        name: str = "",
        provenance: Mapping[str, Any] | None = None,
    ) -> ArtifactRef:
        """See Call. The media type is what the bytes look like, not what the tool says."""
        try:
            row = artifacts.store(stream)
        except artifacts.FileRefused as error:
            raise BadOutput(f"The tool made a file that cannot be kept: {error}") from error
        ref = ArtifactRef(
            id=str(uuid7()),
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            name=name[:120],
        )
        # What we know ourselves counts more than what a tool says of the same.
        known = dict(provenance or {}) | self._provenance(media_type)
        self.kept.append(Kept(ref, row.id, known))
        return ref

    def _provenance(self, claimed_type: str) -> dict[str, Any]:
        order = self._order
        return {
            "spell": order.spell,
            "step": order.step,
            "tool": f"{order.tool} {order.tool_version}",
            "inputs": dict(order.inputs),
            "claimed_type": claimed_type,
        }


def perform(order: Order) -> Outcome:
    """Perform a claimed call outside any transaction, holding its lease; never raises.

    What is raised below becomes a failure with its trace: the one guard of all tools.
    """
    with leases.held(order.generation, order.epoch) as lease:
        call = GenerationCall(order, lease)
        try:
            return _work(order, call)
        except ToolError as error:
            failure = Failure.from_error(error, order.step, order.attempt)
            return Unclear(failure) if _is_unclear(order, error) else Failed(failure, call.kept)
        except OSError as error:
            failure = Failure.from_exception(error, order.step, order.attempt)
            return Failed(failure.as_code("storage_failed"), call.kept)
        except Exception as error:
            logger.exception("%s failed unexpectedly", order.tool)
            return Failed(Failure.from_exception(error, order.step, order.attempt), call.kept)


def _is_unclear(order: Order, error: ToolError) -> bool:
    """Whether a call that must not be made twice may have been taken: its answer was lost."""
    tool = catalogue.find(order.tool)
    is_once = tool is not None and not tool.repeatable
    return order.work == Work.CALL and error.ambiguous and is_once


def callback_url_of(order: Order) -> str | None:
    """Return the address that a provider's webhooks of this attempt go to."""
    if order.callback_token is None:
        return None
    adapter = catalogue.get(order.tool).adapter
    return f"{settings.BASE_URL}/webhooks/{adapter}/{order.callback_token}/"


def _work(order: Order, call: GenerationCall) -> Outcome:
    tool = _tool(order)
    adapter = catalogue.adapter(tool.key)
    if order.work == Work.CALL:
        _check_inputs(tool, order)
        return _finished(order, call, tool, cast("Immediate", adapter).execute(call, tool))
    if order.work == Work.SUBMIT:
        _check_inputs(tool, order)
    asynchronous = cast("Asynchronous", adapter)
    return jobs.exchange(
        order, asynchronous, call, tool, lambda done: _finished(order, call, tool, done)
    )


def _check_inputs(tool: ToolSpec, order: Order) -> None:
    flaws = violations(tool.input_schema, order.inputs)
    if flaws:
        raise InvalidInput("; ".join(f"{pointer or '/'}: {text}" for pointer, text in flaws))


def _finished(order: Order, call: GenerationCall, tool: ToolSpec, done: Done) -> Succeeded:
    if not isinstance(done, Done):
        raise BadOutput(f"{tool.key} answered with a {type(done).__name__}, not with outputs.")
    if order.work == Work.CALL and call.seconds_left() < 0:
        raise DeadlineExceeded(f"{tool.key} took longer than {order.seconds:g} s.")
    _check_outputs(tool, done.outputs)
    return Succeeded(done.outputs, call.kept, done.cost)


def _tool(order: Order) -> ToolSpec:
    tool = catalogue.get(order.tool)
    if tool.version != order.tool_version:
        raise NoSuchTool(
            f"{order.tool} version {order.tool_version} was replaced by {tool.version}."
        )
    return tool


def _check_outputs(tool: ToolSpec, outputs: Mapping[str, Any]) -> None:
    flaw = flaw_of(dict(outputs))
    if flaw:
        raise BadOutput(f"The outputs of {tool.key} cannot be stored. {flaw}")
    if len(json.dumps(dict(outputs))) > MAX_OUTPUT_BYTES:
        raise BadOutput(f"The outputs of {tool.key} are larger than {MAX_OUTPUT_BYTES} bytes.")
    flaws = violations(tool.output_schema, outputs)
    if flaws:
        raise BadOutput("; ".join(f"{pointer or '/'}: {text}" for pointer, text in flaws))
