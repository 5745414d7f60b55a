"""Liveness and readiness, for load balancers and people."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.brokers import get_broker
from redis.exceptions import RedisError

from spellhub.console.heartbeats import HEARD_WITHIN_S
from spellhub.console.models import ProcessHeartbeat, SweepRun

# Later than what makes the clock sweep by itself, so that this says that both have failed.
SWEEP_WITHIN_S = 240.0
RETRY_AFTER_S = 5


class NotReady(Exception):
    """What is missing, in a sentence."""


@dataclass(frozen=True)
class Check:
    """One thing that must be there for a cast to be accepted and carried on."""

    name: str
    examine: Callable[[], None]

    def problem(self) -> str | None:
        """Return what is wrong, or None."""
        try:
            self.examine()
        except NotReady as error:
            return str(error)
        except (DatabaseError, InterfaceError, RedisError, OSError) as error:
            return f"It does not answer: {type(error).__name__}."
        return None


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    get_broker().ping()


def _workers() -> None:
    if not ProcessHeartbeat.objects.heard(ProcessHeartbeat.Role.WORKER, HEARD_WITHIN_S).exists():
        raise NotReady(f"No worker was heard from in the last {HEARD_WITHIN_S:g} s.")


def _sweep() -> None:
    if SweepRun.is_late(SWEEP_WITHIN_S):
        raise NotReady(f"No sweep has finished in the last {SWEEP_WITHIN_S:g} s.")


CHECKS = (
    Check("database", _database),
    Check("broker", _broker),
    Check("workers", _workers),
    Check("sweep", _sweep),
)


@never_cache
@require_safe
def healthz(_: HttpRequest) -> JsonResponse:
    """Answer that this process answers; asks nothing else."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(_: HttpRequest) -> JsonResponse:
    """Answer 200 when casts are accepted and carried on, else 503 with what is missing."""
    problems = {check.name: check.problem() for check in CHECKS}
    is_ready = not any(problems.values())
    body = {
        "status": "ready" if is_ready else "not ready",
        "checks": {name: problem or "ok" for name, problem in problems.items()},
    }
    if is_ready:
        return JsonResponse(body)
    return JsonResponse(body, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
