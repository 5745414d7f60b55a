"""Values of inputs and outputs as a page shows them: pictures, files, words, data. Pure."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from generations.models import ArtifactLink

Kind = Literal["picture", "file", "words", "data"]

# What browsers show safely inside a page; everything else is offered as a download.
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


@dataclass(frozen=True)
class Shown:
    """One value; ``url`` and ``link`` where it is a file, else ``text``."""

    name: str
    kind: Kind
    text: str = ""
    url: str = ""
    link: ArtifactLink | None = None


def identifiers(value: Any) -> Iterator[UUID]:
    """Yield every text in a JSON value that could be the id of a file."""
    if isinstance(value, str):
        if (identifier := _identifier(value)) is not None:
            yield identifier
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from identifiers(item)
    elif isinstance(value, list):
        for item in value:
            yield from identifiers(item)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def show(
    values: Mapping[str, Any] | None,
    links: Mapping[UUID, ArtifactLink],
    url_of: Callable[[UUID], str],
) -> tuple[Shown, ...]:
    """Return what is to be shown of a JSON object; ``links`` are the files it may show.

    What is neither a file nor words comes last, together, a line for each name.
    """
    shown: list[Shown] = []
    data: list[str] = []
    for name, value in (values or {}).items():
        items = list(_show(name, value, links, url_of))
        if not items:
            data.append(f"{name}: {json.dumps(value, ensure_ascii=False)}")
        shown += items
    return (*shown, Shown("", "data", text="\n".join(data))) if data else tuple(shown)


def _show(
    name: str, value: Any, links: Mapping[UUID, ArtifactLink], url_of: Callable[[UUID], str]
) -> Iterator[Shown]:
    if isinstance(value, str):
        link = _link(value, links)
        if link is None:
            yield Shown(name, "words", text=value)
        else:
            kind: Kind = "picture" if link.artifact.media_type in PICTURES else "file"
            yield Shown(name, kind, url=url_of(link.pk), link=link)
    elif isinstance(value, list) and any(_link(item, links) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _show(f"{name} {number}", item, links, url_of)


def _link(value: Any, links: Mapping[UUID, ArtifactLink]) -> ArtifactLink | None:
    identifier = _identifier(value) if isinstance(value, str) else None
    return links.get(identifier) if identifier else None
