"""Why something failed: the failure object and the one table of failure codes."""

import re
import traceback
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from generations.adapters.base import ToolError

MESSAGE_LIMIT = 2_000
TRACE_LIMIT = 16_000
BODY_LIMIT = 64_000

_SECRETS = re.compile(
    r"(?i)((?:api[_-]?key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?(?:bearer\s+)?)"
    r"[^\s\"',;&]+|\bsk_[A-Za-z0-9_]{16,}"
)


@dataclass(frozen=True)
class Explanation:
    """What a failure code means: a sentence for people, the likely cause, the next action."""

    sentence: str
    cause: str
    action: str


CODES: dict[str, Explanation] = {
    "tool_raised": Explanation(
        "The tool stopped with an error of its own.",
        "A bug in the tool, or inputs it did not expect.",
        "Read the trace; retry the step, or change its inputs.",
    ),
    "tool_crashed": Explanation(
        "The tool's process died without an answer.",
        "The tool exited, was killed, or the machine ran out of memory.",
        "Retry the step; if it dies again, give it smaller inputs.",
    ),
    "tool_gone": Explanation(
        "The tool of this step is not installed.",
        "It was removed or renamed after the spell was saved.",
        "Install it again, or publish a version of the spell without it.",
    ),
    "tool_changed": Explanation(
        "The tool is not the version this spell was checked against.",
        "The tool was upgraded after the spell version was saved.",
        "Upgrade the spell (manage.py spell upgrade SLUG, or in the admin), then cast it again.",
    ),
    "tool_error": Explanation(
        "The tool reported an error.",
        "See the message.",
        "Read the message; retry the step if it looks passing.",
    ),
    "invalid_input": Explanation(
        "The tool does not accept these inputs.",
        "A value is out of range, of the wrong type, or names a file that is not there.",
        "Correct the inputs and cast again.",
    ),
    "blocked_address": Explanation(
        "The address of a request may not be called.",
        "It leads into a private network, to an unusual port, or is written in an unusual way.",
        "Use an address of the public internet, or have the operator allow this one.",
    ),
    "missing_input": Explanation(
        "A required input of the step came out empty.",
        "It refers to a step that was skipped or failed, or to a value that is not there.",
        "Give the value, or make the expression fall back to another one.",
    ),
    "expression_error": Explanation(
        "An expression of the spell could not be evaluated.",
        "It applies a function to a value of the wrong type.",
        "Correct the expression and publish a new version of the spell.",
    ),
    "too_many_items": Explanation(
        "The list of a `for_each` has more items than the step takes.",
        "The spell was given, or an earlier step made, a longer list than `max_items` allows.",
        "Cast with a shorter list, or raise `max_items` (100 at most) in the spell.",
    ),
    "bad_output": Explanation(
        "The tool's answer does not have the shape it declares.",
        "A bug in the tool, or a change at its provider.",
        "Report it to the tool's author; retry later.",
    ),
    "deadline_exceeded": Explanation(
        "The step did not finish within its deadline.",
        "The tool is slow or hangs.",
        "Retry the step, or give it a longer deadline in the spell.",
    ),
    "cast_deadline_exceeded": Explanation(
        "The cast did not finish within its deadline.",
        "Its steps took longer, or waited longer, than the cast may.",
        "Look which step took the time; retry from there.",
    ),
    "out_of_memory": Explanation(
        "The tool needed more memory than it may have.",
        "Inputs that are too large.",
        "Cast with smaller inputs.",
    ),
    "worker_lost": Explanation(
        "Workers died again and again while they ran this step.",
        "The step may kill its worker, or the machine is short of memory.",
        "Look at the workers' logs before retrying.",
    ),
    "submit_unknown": Explanation(
        "It is not known whether the call was made, and it must not be made twice.",
        "A worker died while it called a tool that costs money or has effects.",
        "Ask the provider whether it has the call; then retry the step or leave it failed.",
    ),
    "refused": Explanation(
        "The provider declined the call.",
        "Its content policy or its own rules.",
        "Change the inputs.",
    ),
    "unauthorized": Explanation(
        "The provider does not accept our credentials.",
        "A missing, wrong or expired key.",
        "Correct the provider's key, then retry the step.",
    ),
    "out_of_credit": Explanation(
        "The provider wants to be paid first.",
        "The account at the provider is empty.",
        "Add credit there, then retry the step.",
    ),
    "rate_limited": Explanation(
        "The provider asked to wait.",
        "Too many calls in a short time.",
        "Nothing: the step goes on by itself.",
    ),
    "provider_busy": Explanation(
        "The provider had no room for the call.",
        "All its places are taken.",
        "Retry the step later.",
    ),
    "provider_unavailable": Explanation(
        "The provider could not be reached or had an error of its own.",
        "An outage or a network fault.",
        "Retry the step when the provider works again.",
    ),
    "provider_timeout": Explanation(
        "The provider did not answer in time.",
        "It is overloaded, or the network is slow.",
        "Retry the step later.",
    ),
    "connection_lost": Explanation(
        "The connection to the provider broke during the call.",
        "A network fault.",
        "Ask the provider whether it has the call; then retry the step.",
    ),
    "job_lost": Explanation(
        "The provider no longer knows the job.",
        "It was restarted, or deletes its jobs quickly.",
        "Retry the step.",
    ),
    "cancelled": Explanation(
        "The step was cancelled.",
        "Its cast was cancelled or failed.",
        "Retry the cast if it is still wanted.",
    ),
    "storage_failed": Explanation(
        "A file could not be stored or read.",
        "The disk is full or not writable, or the file was removed.",
        "Make room or restore the file, then retry the step.",
    ),
    "output_error": Explanation(
        "The outputs of the spell could not be computed.",
        "An expression in its outputs does not fit what the steps gave.",
        "Correct the outputs and publish a new version of the spell.",
    ),
    "failed_by_operator": Explanation(
        "An operator failed this cast.",
        "See the reason in its events.",
        "Retry it if the reason no longer holds.",
    ),
    "account_inactive": Explanation(
        "The account of this cast is deactivated.",
        "Somebody switched the account off while the cast ran.",
        "Activate the account, then retry.",
    ),
    "internal_error": Explanation(
        "spellhub itself failed.",
        "A bug; the trace says where.",
        "Report it with the trace; retry the step.",
    ),
}


def redacted(text: str, limit: int) -> str:
    """Return text without what looks like a secret, cut to a length, storable in any database."""
    clean = _SECRETS.sub(lambda found: f"{found.group(1) or ''}[redacted]", text)
    clean = clean.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


@dataclass(frozen=True)
class Failure:
    """Why a generation or a cast failed; stored as JSON in its ``failure`` column.

    ``provider`` holds ``status``, ``code``, ``request_id`` and ``body`` where a provider answered.
    """

    code: str
    message: str
    step: str | None = None
    attempt: int | None = None
    retryable: bool = False
    retry_after: float | None = None
    provider: dict[str, Any] = field(default_factory=dict)
    trace: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"{self.code!r} is not in the table of failure codes")

    def to_json(self) -> dict[str, Any]:
        """Return the failure as it is stored and shown."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read a stored failure."""
        return cls(**stored)

    @classmethod
    def from_error(cls, error: ToolError, step: str, attempt: int) -> Self:
        """Record a typed error of a tool."""
        provider = {
            "status": error.http_status,
            "code": error.provider_code,
            "request_id": error.request_id,
            "body": redacted(error.body, BODY_LIMIT),
        }
        return cls(
            code=error.code,
            message=redacted(error.message, MESSAGE_LIMIT),
            step=step,
            attempt=attempt,
            retryable=error.retry != "never",
            retry_after=error.retry_after,
            provider=provider if any(provider.values()) else {},
            trace=redacted(error.trace or _trace(error), TRACE_LIMIT),
        )

    @classmethod
    def from_exception(cls, error: BaseException, step: str, attempt: int) -> Self:
        """Record an exception nobody expected, with its trace."""
        return cls(
            code="internal_error",
            message=redacted(f"{type(error).__name__}: {error}", MESSAGE_LIMIT),
            step=step,
            attempt=attempt,
            retryable=True,
            trace=redacted(_trace(error), TRACE_LIMIT),
        )

    def as_code(self, code: str) -> Self:
        """Return the same failure under another code of the table."""
        return replace(self, code=code)


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
