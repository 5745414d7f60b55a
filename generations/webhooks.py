"""The door for providers' webhooks: authenticate, store, wake the cast, 202; no network.

A delivery is stored as it came before anything acts on it, also when it is refused. What it says is
read later, by the engine, outside any transaction.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generations.adapters.base import Asynchronous, Forged
from generations.models import Delivery, Generation
from generations.tools import catalogue
from spellhub import database
from spellhub.rest import problems
from spellhub.rest.problems import Problem

MAX_BYTES = 1024 * 1024
WINDOW = timedelta(minutes=5)
# What is kept of a request's headers: nothing that could be a secret.
KEPT_HEADERS = ("Content-Type", "User-Agent", "Webhook-Id", "Webhook-Timestamp")


@dataclass(frozen=True)
class _Judged:
    """What the door makes of a request; ``why`` is empty unless it is refused."""

    mark: str
    verdict: Delivery.Verdict
    job_id: str | None = None
    why: str = ""

    @property
    def is_refused(self) -> bool:
        return self.verdict == Delivery.Verdict.REFUSED


@csrf_exempt
@require_POST
def door(request: HttpRequest, adapter: str, token: str) -> HttpResponse:
    """Take a delivery in: 202 also for one that was here before, 401 for one that is refused."""
    try:
        return _taken_in(request, adapter, token)
    except Problem as problem:
        return problems.answer(request, problem)


def _taken_in(request: HttpRequest, adapter: str, token: str) -> HttpResponse:
    raw = _body(request)
    provider = catalogue.adapter_named(adapter)
    if not isinstance(provider, Asynchronous):
        raise Problem(404, "not_found", "There is nothing at this address.")
    now = database.now()
    # One short transaction: a delivery that was answered is stored, and its cast was told.
    with transaction.atomic():
        generation = Generation.objects.filter(adapter=adapter, callback_token=token).first()
        judged = _judge(request, provider, raw, generation, now)
        is_new = _store(request, adapter, raw, generation, judged, now)
        if is_new and generation is not None and not judged.is_refused:
            generation.cast.wake()
    if judged.is_refused:
        raise Problem(401, "delivery_refused", judged.why)
    return JsonResponse({"accepted": True, "repeated": not is_new}, status=202)


def _body(request: HttpRequest) -> bytes:
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        raise Problem(413, "too_large", f"A delivery has at most {MAX_BYTES} bytes.")
    raw = request.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise Problem(413, "too_large", f"A delivery has at most {MAX_BYTES} bytes.")
    return raw


def _judge(
    request: HttpRequest,
    provider: Asynchronous,
    raw: bytes,
    generation: Generation | None,
    now: datetime,
) -> _Judged:
    digest = hashlib.sha256(raw).hexdigest()
    try:
        found = provider.receive(request.headers, raw)
    except Forged as error:
        return _refused(digest, str(error) or "It is not signed by its provider.")
    except (ValueError, LookupError, TypeError) as error:
        return _refused(digest, f"It is not a delivery of {provider.name}: {error}")
    mark = found.id or digest
    if generation is None:
        return _refused(digest, "No attempt has this address.")
    if abs(now - found.at) > WINDOW:
        return _refused(digest, "It was sent too long ago, or its clock is wrong.")
    if generation.job_id is not None and found.job_id and found.job_id != generation.job_id:
        return _refused(digest, "It is about another job than this address is for.")
    spec = catalogue.find(generation.tool)
    is_unsigned = spec is None or spec.webhook == "unsigned"
    verdict = Delivery.Verdict.UNSIGNED if is_unsigned else Delivery.Verdict.ACCEPTED
    return _Judged(mark[:200], verdict, found.job_id[:200] or None)


def _refused(digest: str, why: str) -> _Judged:
    return _Judged(f"refused:{digest}", Delivery.Verdict.REFUSED, why=why[:200])


def _store(  # noqa: PLR0913, PLR0917
    request: HttpRequest,
    adapter: str,
    raw: bytes,
    generation: Generation | None,
    judged: _Judged,
    now: datetime,
) -> bool:
    """Store a delivery once; say whether it is new."""
    kept = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
    try:
        with transaction.atomic():
            Delivery.objects.create(
                adapter=adapter,
                mark=judged.mark,
                generation=generation,
                job_id=judged.job_id,
                headers=kept,
                body=raw.decode("utf-8", errors="replace").replace("\x00", "\ufffd"),
                verdict=judged.verdict,
                why=judged.why,
                received_at=now,
            )
    except IntegrityError:
        return False
    return True
