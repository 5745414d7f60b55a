"""Events as sentences, for pages and terminals. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generations.failures import CODES

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """An event in words; ``state`` names its colour and icon."""

    state: str
    sentence: str


def tell(kind: str, data: Data) -> Told:
    """Say what an event means; one of a kind unknown here is told by its name."""
    telling = _TELLINGS.get(kind)
    return telling(data) if telling else Told("queued", kind.replace("_", " "))


def _code(data: Data) -> str:
    code = (data.get("failure") or {}).get("code", "")
    sentence = CODES[code].sentence if code in CODES else "Its reason is not known."
    return f"{code}: {sentence}"


def _because(data: Data) -> str:
    return f": {data['reason']}" if data.get("reason") else "."


def _named(data: Data) -> str:
    """Return the step, and which of its items the event is about."""
    if "item" not in data:
        return str(data.get("step"))
    return f"{data.get('step')} {data['item'] + 1} of {data.get('items')}"


def _step(words: str, state: str) -> Callable[[Data], Told]:
    def telling(data: Data) -> Told:
        attempt = data.get("attempt") or 1
        again = f" (attempt {attempt})" if attempt > 1 else ""
        return Told(state, f"{_named(data)} {words}{again}")

    return telling


def _step_succeeded(data: Data) -> Told:
    if data.get("reused_from"):
        return Told("succeeded", f"{_named(data)} reused: the same inputs had given it before")
    return _step("done", "succeeded")(data)


def _created(data: Data) -> Told:
    return Told("queued", f"Asked for {data.get('spell')} v{data.get('version')}")


def _retried(data: Data) -> Told:
    steps = ", ".join(data.get("again") or ()) or "nothing new"
    return Told("retrying", f"Retried; runs again: {steps}{_because(data)}")


def _step_failed(data: Data) -> Told:
    return Told("failed", f"{_named(data)} failed: {_code(data)}")


def _step_skipped(data: Data) -> Told:
    return Told("skipped", f"{data.get('step')} skipped{_because(data)}")


def _step_held(data: Data) -> Told:
    return Told("waiting", f"{_named(data)} waits{_because(data)}")


def _lease_lost(data: Data) -> Told:
    return Told("stuck", f"{_named(data)} lost its worker; another took it over")


def _orphaned(data: Data) -> Told:
    return Told("cancelled", f"{_named(data)}: a late result was kept apart")


_TELLINGS: dict[str, Callable[[Data], Told]] = {
    "cast_created": _created,
    "cast_started": lambda _: Told("running", "A worker began"),
    "cast_succeeded": lambda _: Told("succeeded", "All steps are done"),
    "cast_failed": lambda data: Told("failed", f"Failed: {_code(data)}"),
    "cast_cancelled": lambda data: Told("cancelled", f"Cancelled{_because(data)}"),
    "cast_retried": _retried,
    "step_started": _step("started", "running"),
    "step_succeeded": _step_succeeded,
    "step_cancelled": _step("cancelled", "cancelled"),
    "step_retry_scheduled": _step("waits for its next try", "retrying"),
    "step_failed": _step_failed,
    "step_skipped": _step_skipped,
    "step_held": _step_held,
    "lease_lost": _lease_lost,
    "result_orphaned": _orphaned,
}
