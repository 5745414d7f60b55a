"""Looking at each stuck cast again, and seeing whether that repaired it."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from django.db import Error

from casts import engine
from casts.diagnosis import FOR_A_PERSON
from casts.models import Cast
from casts.reconciling.finding import StuckCast
from casts.states import FINAL
from casts.stuck import stuck
from generations.models import Generation
from spellhub import database

REPAIRED, UNREPAIRED, PERSON, ERROR = "repaired", "not_repaired", "needs_person", "error"
LOOK_S = 0.25

logger = logging.getLogger(__name__)


def repair(found: Sequence[StuckCast], *, actor: str, patience_s: float) -> None:
    """Look at each cast once, then wait until none is stuck or the patience is over.

    Writes to each what came of it. A fault on one never stops the others.
    """
    began = database.now()
    looked = [item for item in found if _look(item, actor)]
    _wait(looked, patience_s)
    for item in looked:
        _judge(item, began)


def _look(item: StuckCast, actor: str) -> bool:
    try:
        # What a look cannot do, calling a tool, is for a worker: it sends one.
        engine.look(item.cast, actor=actor)
    except (Error, Cast.DoesNotExist) as error:
        logger.exception("cast %s could not be looked at", item.cast)
        item.outcome, item.told = ERROR, f"{type(error).__name__}: {error}"
        return False
    return True


def _wait(looked: Sequence[StuckCast], patience_s: float) -> None:
    ends = time.monotonic() + patience_s
    pks = [item.cast for item in looked]
    while pks and time.monotonic() < ends:
        pks = list(stuck(database.now()).filter(pk__in=pks).values_list("pk", flat=True))
        if pks:
            time.sleep(min(LOOK_S, max(ends - time.monotonic(), 0)))


def _judge(item: StuckCast, began: datetime) -> None:
    cast = Cast.objects.get(pk=item.cast)
    if _asks_for_a_person(item, began):
        item.outcome = PERSON
        item.told = "It is not known whether a call was made; only a person can find out."
    elif stuck(database.now()).filter(pk=item.cast).exists():
        item.outcome = UNREPAIRED
        item.told = "No worker came for it; is one running? (manage.py worker)"
    else:
        item.outcome = REPAIRED
        item.told = f"It {'is' if cast.status not in FINAL else 'ended as'} {cast.status}."


def _asks_for_a_person(item: StuckCast, began: datetime) -> bool:
    rows = Generation.objects.filter(cast=item.cast, finished_at__gte=began)
    return rows.filter(failure__code__in=FOR_A_PERSON).exists()
