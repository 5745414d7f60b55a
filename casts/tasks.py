"""What queue messages call."""

from uuid import UUID

from casts import engine
from casts.models import Cast


def look(cast_id: str) -> None:
    """Look at a cast and carry it on as far as it goes now.

    Returns None always: the queue keeps no results, the rows do.
    """
    try:
        engine.run(UUID(cast_id))
    except Cast.DoesNotExist:
        # A message may outlive its cast, for example when a backup was restored.
        return
