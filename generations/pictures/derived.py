"""Files that follow from a stored one: made when first asked for, and kept beside it."""

import io
from collections.abc import Callable
from datetime import timedelta

from django.core.files.storage import storages
from django.utils import timezone

from generations import keeping
from generations.pictures.rendering import NotRendered

HOPELESS_FOR = timedelta(hours=1)
DOUBTFUL_FOR = timedelta(minutes=2)
"""What could not be made is not tried again for so long: it may have cost all its time."""

_DOUBTFUL = b"?"


def derived(name: str, make: Callable[[], bytes]) -> bytes:
    """Return the file of this name, made now if it is not there; an empty one stands for none.

    The name must say all that the bytes follow from, for they never change: who comes second
    while the first still makes it makes the same. Raises NotRendered and whatever ``make`` raises.
    """
    content = _kept(name)
    if content is None:
        try:
            content = make()
        except NotRendered as error:
            keeping.put(io.BytesIO(b"" if error.is_certain else _DOUBTFUL), name)
            raise
        keeping.put(io.BytesIO(content), name)
    if content in {b"", _DOUBTFUL}:
        raise NotRendered("It could not be made when it was last tried.")
    return content


def _kept(name: str) -> bytes | None:
    storage = storages["artifacts"]
    if not storage.exists(name):
        return None
    content = keeping.get(name)
    patience = {b"": HOPELESS_FOR, _DOUBTFUL: DOUBTFUL_FOR}.get(content)
    if patience and storage.get_modified_time(name) < timezone.now() - patience:
        storage.delete(name)
        return None
    return content
