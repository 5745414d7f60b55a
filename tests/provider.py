"""A provider of jobs in the test's own process, and the adapter that talks to it."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from generations.adapters.base import (
    Call,
    Cancelled,
    ConnectionLost,
    Cost,
    Delivery,
    Done,
    Forged,
    Health,
    InvalidInput,
    Job,
    JobLost,
    Pending,
    Price,
    ToolError,
    ToolSpec,
    Unknown,
)
from tests.tools import ANYTHING, VALUE

SECRET = b"between the two of us"


class JobFailed(ToolError):
    """The job ended with an error."""


class JobCancelled(ToolError):
    """The job was cancelled at the provider."""

    code = "cancelled"


@dataclass
class Provider:
    """What a provider knows: its jobs by id, and every request it got.

    ``faults`` are raised, or called, in the place of the next answers to a kind of request.
    """

    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    can_find: bool = True
    can_tell: bool = True

    def count(self, kind: str) -> int:
        return sum(1 for asked, _ in self.requests if asked == kind)

    def take(self, kind: str, what: str) -> Any:
        """Note a request, and do what was prepared for it."""
        self.requests.append((kind, what))
        prepared = self.faults.get(kind)
        if not prepared:
            return None
        fault = prepared.pop(0)
        if isinstance(fault, Exception):
            raise fault
        return fault() if callable(fault) else fault

    def submit(self, key: str, inputs: Mapping[str, Any]) -> str:
        job = f"job-{len(self.jobs) + 1}"
        self.jobs[job] = {"key": key, "status": "queued", "inputs": dict(inputs)}
        return job

    def set(self, job: str = "job-1", **state: Any) -> None:
        self.jobs[job] |= state

    def finish(self, job: str = "job-1", value: Any = "made", cost: str = "0.10") -> None:
        self.set(job, status="succeeded", output=value, cost=cost)

    def lose_answer(self, inputs: Mapping[str, Any]) -> Callable[[], Any]:
        """Take the next job, and break the connection before the answer."""

        def submit_and_break() -> Any:
            self.submit("lost", inputs)
            raise ConnectionLost("the connection broke", ambiguous=True)

        return submit_and_break


class JobAdapter:
    """Submits, finds, polls and cancels jobs, and reads signed deliveries."""

    name = "jobs"

    def __init__(self, **spec: Any) -> None:
        self.provider = Provider()
        self.spec = spec

    def tools(self) -> Iterable[ToolSpec]:
        """See Adapter."""
        more: dict[str, Any] = {
            "billable": True,
            "repeatable": False,
            "price": Price(amount=Decimal("0.25")),
            "deadline_s": 100,
            "queue_s": 1000,
            "webhook": "standard",
            "cancel": "running",
        }
        yield ToolSpec(
            key="jobs.make",
            version="1",
            title="Make",
            adapter=self.name,
            mode="async",
            input_schema=VALUE,
            output_schema=ANYTHING,
            **(more | self.spec),
        )

    def check(self) -> Health:
        """See Adapter."""
        return Health(ok=True)

    def start_job(self, call: Call, tool: ToolSpec) -> Job | Done:  # noqa: ARG002
        """See Asynchronous."""
        answer = self.provider.take("submit", call.key)
        if answer is not None:
            return answer  # type: ignore[no-any-return]
        return Job(self.provider.submit(call.key, call.inputs))

    def find(self, call: Call) -> Job | None:
        """See Asynchronous."""
        self.provider.take("find", call.key)
        if not self.provider.can_tell:
            raise Unknown
        keys = {call.key, "lost"}
        found = [job for job, state in self.provider.jobs.items() if state["key"] in keys]
        return Job(found[-1]) if found and self.provider.can_find else None

    def poll(self, job: Job, call: Call) -> Pending | Done:
        """See Asynchronous."""
        answer = self.provider.take("poll", job.id)
        if answer is not None:
            return answer  # type: ignore[no-any-return]
        if job.id not in self.provider.jobs:
            raise JobLost(f"there is no job {job.id}")
        return self.read(self.provider.jobs[job.id], call)

    def cancel(self, job: Job) -> Cancelled:
        """See Asynchronous."""
        answer = self.provider.take("cancel", job.id)
        if answer is not None:
            return answer  # type: ignore[no-any-return]
        if self.provider.jobs[job.id]["status"] in {"queued", "running"}:
            self.provider.set(job.id, status="cancelled")
        return "asked"

    def receive(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """See Asynchronous."""
        if not hmac.compare_digest(headers.get("X-Signature", ""), signature(raw)):
            raise Forged("the signature is wrong")
        body = json.loads(raw)
        at = datetime.fromtimestamp(body["at"], UTC)
        return Delivery(id=str(body["id"]), job_id=str(body["job"]), at=at, body=body)

    def read(self, body: Mapping[str, Any], call: Call) -> Pending | Done:  # noqa: ARG002
        """See Asynchronous."""
        match body.get("status"):
            case "queued":
                return Pending(is_running=False, queue_position=3)
            case "running":
                return Pending(fraction=body.get("fraction"))
            case "succeeded":
                cost = Cost(Decimal(body["cost"]), source="reported")
                return Done(outputs={"value": body["output"]}, cost=cost)
            case "cancelled":
                raise JobCancelled("the provider cancelled the job")
            case "failed":
                raise JobFailed(body.get("error", "it failed"))
            case "invalid":
                raise InvalidInput("the provider does not take this")
        raise JobFailed(f"unknown state {body.get('status')!r}")


def signature(raw: bytes) -> str:
    return hmac.new(SECRET, raw, hashlib.sha256).hexdigest()
