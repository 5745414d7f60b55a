"""What an operator may do to a cast, and why not: the engine's verbs, as buttons know them."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from casts import engine
from casts.models import Cast
from casts.states import LIVE, Status


@dataclass(frozen=True)
class Wish:
    """What the operator filled in."""

    actor: str
    reason: str
    from_step: str | None = None


@dataclass(frozen=True)
class Verb:
    """One verb: ``legal_from`` is for the buttons, the engine alone decides."""

    name: str
    done: str
    codename: str
    legal_from: tuple[Status, ...]
    needs_reason: bool
    is_grave: bool
    explanation: str
    act: Callable[[UUID, Wish], Cast]

    @property
    def label(self) -> str:
        """The verb on a button."""
        return self.name.capitalize()

    @property
    def permission(self) -> str:
        """The permission it needs, whole."""
        return f"casts.{self.codename}"

    def why_not(self, status: str, *, permitted: bool) -> str:
        """Say why the verb is not to be had now; empty when it is."""
        if not permitted:
            return f"You do not have the permission “Can {self.name} a cast”."
        if status not in self.legal_from:
            return f"Only a {' or '.join(self.legal_from)} cast can be {self.done}."
        return ""


def _retry(cast_id: UUID, wish: Wish) -> Cast:
    return engine.retry(
        cast_id, actor=wish.actor, reason=wish.reason, from_step=wish.from_step or None
    )


def _fail(cast_id: UUID, wish: Wish) -> Cast:
    return engine.fail(cast_id, actor=wish.actor, reason=wish.reason)


def _cancel(cast_id: UUID, wish: Wish) -> Cast:
    return engine.cancel(cast_id, actor=wish.actor, reason=wish.reason)


RETRY = Verb(
    name="retry",
    done="retried",
    codename="retry_cast",
    legal_from=(Status.FAILED, Status.CANCELLED),
    needs_reason=False,
    is_grave=False,
    explanation="New attempts are appended; what succeeded before keeps its results and costs "
    "nothing again.",
    act=_retry,
)
FAIL = Verb(
    name="fail",
    done="failed",
    codename="fail_cast",
    legal_from=LIVE,
    needs_reason=True,
    is_grave=True,
    explanation="It ends now, as failed, with your reason. What still runs is dropped; a call "
    "already made may still be billed. It can be retried afterwards.",
    act=_fail,
)
CANCEL = Verb(
    name="cancel",
    done="cancelled",
    codename="cancel_cast",
    legal_from=LIVE,
    needs_reason=False,
    is_grave=True,
    explanation="It ends now, as cancelled. No further step starts; a call already made may still "
    "be billed. It can be retried afterwards.",
    act=_cancel,
)
VERBS = {verb.name: verb for verb in (RETRY, FAIL, CANCEL)}
