"""Files that people bring, and whether a file is an account's own."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from generations.artifacts import store
from generations.models import ArtifactLink


def upload(account: User, chunks: Iterable[bytes], *, name: str = "") -> ArtifactLink:
    """Store a file for an account. Raises generations.artifacts.FileRefused."""
    artifact = store(chunks)
    with transaction.atomic():
        return ArtifactLink.objects.create(
            artifact=artifact, account=account, role=ArtifactLink.Role.UPLOAD, name=name[:120]
        )


def not_owned(account: User, wanted: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those (pointer, id) pairs that are not files of the account."""
    pairs = list(wanted)
    if not pairs:
        return []
    ids = {identifier for _, text in pairs if (identifier := _uuid(text))}
    owned = set(
        ArtifactLink.objects.filter(account=account, pk__in=ids).values_list("pk", flat=True)
    )
    return [(pointer, text) for pointer, text in pairs if _uuid(text) not in owned]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
