"""Files: stored once by content, typed by looking at them, reached only through a link."""

import hashlib
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, BinaryIO, cast
from uuid import UUID

import filetype
from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from PIL import Image, UnidentifiedImageError

from generations.models import Artifact, ArtifactLink

MAX_PIXELS = 64_000_000
_TEXT = "text/plain"
_UNKNOWN = "application/octet-stream"
# Pictures that must be whole to be kept; of others only the kind is known.
_READABLE = {f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "bmp", "tiff")}


class FileRefused(ValueError):
    """The bytes may not be stored; ``code`` and the message say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class _Looks:
    media_type: str
    extension: str
    width: int | None = None
    height: int | None = None


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
        looks = _look_at(spool)
        name = _put(spool, f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{looks.extension}")
    if known:
        return known
    return _row(sha256, size, looks, name)


def _row(sha256: str, size: int, looks: _Looks, name: str) -> Artifact:
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


def _put(spool: IO[bytes], name: str) -> str:
    storage = storages["artifacts"]
    if storage.exists(name):
        return name
    spool.seek(0)
    saved = storage.save(name, File(spool))
    if saved != name:
        # Somebody stored the same bytes in the meantime.
        storage.delete(saved)
    return name


def _look_at(spool: IO[bytes]) -> _Looks:
    spool.seek(0)
    head = spool.read(8192)
    kind = filetype.guess(head)
    if kind is None:
        return _text_or_unknown(head)
    if kind.mime.startswith("image/"):
        return _picture(spool, kind.mime, kind.extension)
    return _Looks(kind.mime, kind.extension)


def _text_or_unknown(head: bytes) -> _Looks:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4 or b"\x00" in head:
            return _Looks(_UNKNOWN, "bin")
    return _Looks(_UNKNOWN, "bin") if b"\x00" in head else _Looks(_TEXT, "txt")


def _picture(spool: IO[bytes], media_type: str, extension: str) -> _Looks:
    spool.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(spool) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise FileRefused("too_many_pixels", f"The picture is {width}x{height}.")
                picture.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise FileRefused("too_many_pixels", str(error)) from error
    except UnidentifiedImageError as error:
        if media_type in _READABLE:
            raise FileRefused("broken_picture", "The picture cannot be read.") from error
        return _Looks(media_type, extension)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused("broken_picture", f"The picture cannot be read: {error}") from error
    return _Looks(media_type, extension, width, height)


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
