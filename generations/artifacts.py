"""Files: stored once by content, typed by looking at them, reached only through a link."""

import hashlib
import tempfile
from collections.abc import Iterable
from typing import IO, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from generations import keeping
from generations.models import Artifact, ArtifactLink
from generations.pictures.looking import FileRefused, Looks, look_at

__all__ = ["FileRefused", "open_file", "owned_by", "store"]


def store(chunks: Iterable[bytes], *, limit: int | None = None) -> Artifact:
    """Store bytes once by their sha256 and return their row.

    ``limit`` is in bytes (settings.MAX_UPLOAD_BYTES by default). Raises FileRefused for files that
    are empty, too large, or pictures that are broken or would unpack to too much; OSError when the
    storage fails.
    """
    with tempfile.TemporaryFile() as spool:
        size, sha256 = _spool(chunks, spool, limit or settings.MAX_UPLOAD_BYTES)
        known = Artifact.objects.filter(sha256=sha256).first()
        if known and storages["artifacts"].exists(known.file):
            return known
        looks = look_at(spool)
        name = keeping.put(spool, f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{looks.extension}")
    if known:
        return known
    return _row(sha256, size, looks, name)


def _row(sha256: str, size: int, looks: Looks, name: str) -> Artifact:
    try:
        # A transaction of its own, so that losing the race does not spoil a larger one.
        with transaction.atomic():
            return Artifact.objects.create(
                sha256=sha256,
                size=size,
                media_type=looks.media_type,
                width=looks.width,
                height=looks.height,
                file=name,
            )
    except IntegrityError:
        return Artifact.objects.get(sha256=sha256)


def _spool(chunks: Iterable[bytes], spool: IO[bytes], limit: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise FileRefused("too_large", f"The file is larger than {limit} bytes.")
        digest.update(chunk)
        spool.write(chunk)
    if not size:
        raise FileRefused("empty", "The file is empty.")
    return size, digest.hexdigest()


def owned_by(account: int, link: str) -> ArtifactLink | None:
    """Return an account's link to a file, or None: that is the only way to a file."""
    try:
        identifier = UUID(link)
    except (ValueError, AttributeError):
        return None
    links = ArtifactLink.objects.select_related("artifact")
    return links.filter(pk=identifier, account_id=account).first()


def open_file(artifact: Artifact) -> BinaryIO:
    """Open the bytes of a file for reading; raises OSError when they are gone."""
    return cast("BinaryIO", storages["artifacts"].open(artifact.file, "rb"))
