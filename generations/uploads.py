"""Files that people bring, and whether a file is an account's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from generations.artifacts import store
from generations.media_types import accepts, wanted
from generations.models import ArtifactLink


def upload(account: User, chunks: Iterable[bytes], *, name: str = "") -> ArtifactLink:
    """Store a file for an account. Raises generations.artifacts.FileRefused."""
    artifact = store(chunks)
    with transaction.atomic():
        return ArtifactLink.objects.create(
            artifact=artifact, account=account, role=ArtifactLink.Role.UPLOAD, name=name[:120]
        )


@dataclass(frozen=True)
class Unfit:
    """A file that an input may not name: where, which, and why."""

    pointer: str
    code: str
    detail: str


def unfit(account: User, files: Iterable[tuple[str, str, Any]]) -> list[Unfit]:
    """Return those (JSON pointer, id, schema) that name no file of the account, or a wrong kind."""
    named = list(files)
    ids = {identifier for _, text, _ in named if (identifier := _uuid(text))}
    links = ArtifactLink.objects.filter(account=account, pk__in=ids)
    types = dict(links.values_list("pk", "artifact__media_type")) if ids else {}
    judged = (_judge(pointer, text, schema, types) for pointer, text, schema in named)
    return [found for found in judged if found]


def _judge(pointer: str, text: str, schema: Any, types: Mapping[UUID, str]) -> Unfit | None:
    media_type = types.get(_uuid(text) or UUID(int=0))
    if media_type is None:
        return Unfit(pointer, "artifact_unknown", f"There is no file {text} of this account.")
    stated = wanted(schema.get("contentMediaType"))
    if accepts(stated, media_type):
        return None
    detail = f"The file is {media_type}; this input takes {' or '.join(stated)}."
    return Unfit(pointer, "wrong_media_type", detail)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
