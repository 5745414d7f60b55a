"""Queue messages: each says "look at this cast" and nothing more.

The rows are the truth; a message may be lost, late or doubled without harm.
"""

import logging
from functools import lru_cache
from os import getpid
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_q.brokers import Broker, get_broker
from django_q.tasks import async_task

logger = logging.getLogger(__name__)

QUEUE = "spellhub"
LOOK = "casts.tasks.look"


def hint(cast_id: UUID) -> None:
    """Queue a look at a cast.

    On the database broker the message commits or rolls back with the rows it speaks of; on Redis
    it is sent after the commit, and when Redis is away the clock sends another one later.
    """
    if settings.REDIS_URL:
        transaction.on_commit(lambda: _send(cast_id), robust=True)
    else:
        _send(cast_id)


def _send(cast_id: UUID) -> None:
    async_task(LOOK, str(cast_id), broker=_broker(getpid()), task_name=LOOK)


@lru_cache(maxsize=1)
def _broker(pid: int) -> Broker:
    """Return this process's connection to the broker; opening one for each message is slow."""
    logger.debug("process %s connects to the broker", pid)
    return get_broker(QUEUE)
