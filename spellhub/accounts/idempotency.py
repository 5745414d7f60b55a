"""The same request twice, one effect: ``Idempotency-Key``.

The row of a key is written in the transaction that makes the object, first of all: a second
request with the key waits a moment on its unique index and then finds the first one's answer, or
its rollback. So no second object can be made, whatever dies when.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import LockNotAvailable
from rest_framework.request import Request

from spellhub import database
from spellhub.accounts.models import IdempotencyKey
from spellhub.rest.problems import Flaw, Problem

HEADER = "Idempotency-Key"
LIFETIME = timedelta(hours=24)
# How long a second request waits for the first one to end (PostgreSQL; SQLite waits its timeout).
PATIENCE = "2s"
RETRY_IN_S = 2
PURGED_AT_ONCE = 1000
_WELL_FORMED = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")


@dataclass(frozen=True)
class Answer:
    """What was answered, or is to be; ``is_replay`` when it was made by an earlier request."""

    status: int
    body: dict[str, Any]
    location: str
    is_replay: bool = False


@dataclass(frozen=True)
class Attempt:
    """A request that names a key: whose, of which endpoint, and the digest of what it asks."""

    owner: str
    endpoint: str
    key: str
    digest: str


def attempt_of(
    request: Request, account: User, endpoint: str, asked: dict[str, Any]
) -> Attempt | None:
    """Return what a request's key stands for, None without one; raises Problem 400.

    Keys belong to the account acted for: the same key of another account is another key.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _WELL_FORMED.fullmatch(key):
        detail = f"{HEADER} must be 1 to 255 printable ASCII characters."
        raise Problem(400, "idempotency_key_invalid", detail, errors=[Flaw("", "invalid", detail)])
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Attempt(f"account:{account.pk}", endpoint, key, digest)


@transaction.atomic
def once(attempt: Attempt, make: Callable[[], Answer]) -> Answer:
    """Return what ``make`` answers, or what it answered to an earlier request of the same key.

    Raises Problem: 422 when the earlier request asked something else, 409 when it is not done yet.
    Whatever ``make`` raises undoes all of it, and leaves the key free.
    """
    now = database.now()
    rows = _rows(attempt)
    rows.filter(expires_at__lte=now).delete()
    known = rows.first()
    if known is None and not _claim(attempt, expires=now + LIFETIME):
        known = rows.get()
    if known is not None:
        return _replay(known, attempt)
    answer = make()
    rows.update(status=answer.status, response=answer.body, location=answer.location)
    return answer


def answered(attempt: Attempt) -> Answer | None:
    """Return what an earlier request of the same key was answered, if there was one.

    Only a first look, which may come too early: ``once`` decides. Raises Problem 422.
    """
    known = _rows(attempt).filter(expires_at__gt=database.now()).first()
    return None if known is None else _replay(known, attempt)


def purge() -> int:
    """Forget keys that have expired, some at a time; return how many."""
    expired = IdempotencyKey.objects.filter(expires_at__lte=database.now())
    some = list(expired.order_by("expires_at").values_list("pk", flat=True)[:PURGED_AT_ONCE])
    return IdempotencyKey.objects.filter(pk__in=some).delete()[0]


def _rows(attempt: Attempt) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(
        owner=attempt.owner, endpoint=attempt.endpoint, key=attempt.key
    )


def _claim(attempt: Attempt, *, expires: Any) -> bool:
    """Take a key for this transaction; False when another one has committed it meanwhile."""
    try:
        # A savepoint, because a lost race must not spoil the transaction.
        with transaction.atomic():
            _be_patient(PATIENCE)
            IdempotencyKey.objects.create(
                owner=attempt.owner,
                endpoint=attempt.endpoint,
                key=attempt.key,
                digest=attempt.digest,
                status=0,
                response={},
                expires_at=expires,
            )
            _be_patient("DEFAULT")
    except IntegrityError:
        return False
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise _in_flight() from error
        raise
    return True


def _be_patient(how_long: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout TO {_quoted(how_long)}")


def _quoted(how_long: str) -> str:
    return how_long if how_long == "DEFAULT" else f"'{how_long}'"


def _in_flight() -> Problem:
    return Problem(
        409,
        "idempotency_in_flight",
        f"The first request with this {HEADER} is still under way.",
        headers={"Retry-After": str(RETRY_IN_S)},
    )


def _replay(known: IdempotencyKey, attempt: Attempt) -> Answer:
    if known.digest != attempt.digest:
        detail = f"This {HEADER} was used for another request; take a new one."
        raise Problem(422, "idempotency_key_reused", detail)
    return Answer(known.status, known.response, known.location, is_replay=True)
