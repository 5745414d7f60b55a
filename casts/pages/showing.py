"""Values of inputs and outputs as a page shows them: pictures, files, words, data. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from generations.models import ArtifactLink
from generations.pictures.thumbnails import PICTURES, SIZES, Size, size_of
from generations.serving import INLINE
from spellhub.identifiers import identifiers_in

Kind = Literal["picture", "file", "words", "data"]

BOX, TILE = 520, 192
"""How high the box of a result is at most, and how wide a tile, in pixels of the page."""


class Addresses(Protocol):
    """Where whoever reads a page finds files; an empty text for what they are not offered."""

    def file(self, link: ArtifactLink) -> str:
        """Return the address of a file."""

    def thumbnail(self, link: ArtifactLink, size: Size) -> str:
        """Return the address of a small picture of a file."""

    def export(self, link: ArtifactLink) -> str:
        """Return the address of a copy that says where it came from."""


class _Nowhere:
    """For readers that show no pictures."""

    def file(self, link: ArtifactLink) -> str:  # noqa: ARG002
        return ""

    def thumbnail(self, link: ArtifactLink, size: Size) -> str:  # noqa: ARG002
        return ""

    def export(self, link: ArtifactLink) -> str:  # noqa: ARG002
        return ""


NOWHERE: Addresses = _Nowhere()


@dataclass(frozen=True)
class Preview:
    """A picture as a page loads it: ``src`` where a browser does not choose for itself.

    ``width`` and ``height`` are the whole picture's, in pixels; None where they are unknown.
    """

    src: str
    tile_set: str
    result_set: str
    width: int | None
    height: int | None

    @property
    def result_sizes(self) -> str:
        """How wide the picture is in the box of a result, which its height may fill first."""
        if not self.width or not self.height:
            return "92vw"
        filling = max(1, round(BOX * self.width / self.height))
        return f"min(92vw, {min(filling, self.width)}px)"

    @property
    def tile_sizes(self) -> str:
        """How wide the picture is in a row of files."""
        return f"{min(TILE, self.width or TILE)}px"


@dataclass(frozen=True)
class Shown:
    """One value; ``link`` where it is a file, else ``text``.

    A file without ``url`` is not offered to whoever reads the page; ``export`` is the address of
    a copy that says where it came from.
    """

    name: str
    kind: Kind
    text: str = ""
    url: str = ""
    export: str = ""
    link: ArtifactLink | None = None
    preview: Preview | None = None


def show(
    values: Mapping[str, Any] | None,
    links: Mapping[UUID, ArtifactLink],
    addresses: Addresses = NOWHERE,
) -> tuple[Shown, ...]:
    """Return what is to be shown of a JSON object; ``links`` are the files it may show.

    What is neither a file nor words comes last, together, a line for each name.
    """
    shown: list[Shown] = []
    data: list[str] = []
    for name, value in (values or {}).items():
        items = list(_show(name, value, links, addresses))
        if not items:
            data.append(f"{name}: {json.dumps(value, ensure_ascii=False)}")
        shown += items
    return (*shown, Shown("", "data", text="\n".join(data))) if data else tuple(shown)


def _show(
    name: str, value: Any, links: Mapping[UUID, ArtifactLink], addresses: Addresses
) -> Iterator[Shown]:
    if isinstance(value, str):
        link = _link(value, links)
        yield Shown(name, "words", text=value) if link is None else _file(name, link, addresses)
    elif isinstance(value, list) and any(_link(item, links) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _show(f"{name} {number}", item, links, addresses)


def _file(name: str, link: ArtifactLink, addresses: Addresses) -> Shown:
    url, export = addresses.file(link), addresses.export(link)
    if link.artifact.media_type not in PICTURES:
        return Shown(name, "file", url=url, export=export, link=link)
    preview = _preview(link, url, addresses)
    return Shown(name, "picture", url=url, export=export, link=link, preview=preview)


def _preview(link: ArtifactLink, url: str, addresses: Addresses) -> Preview:
    artifact = link.artifact
    small, large = ((addresses.thumbnail(link, size), size_of(artifact, size)) for size in SIZES)
    tiles = [f"{at} {size[0]}w" for at, size in (small, large) if size]
    whole = f"{url} {artifact.width}w" if artifact.width and artifact.media_type in INLINE else ""
    # A picture that is hardly larger than its thumbnail is itself the best one, and may move.
    is_small = large[1] == (artifact.width, artifact.height)
    results = [*tiles[: 1 if whole and is_small else 2], *filter(None, [whole])]
    return Preview(large[0], ", ".join(tiles), ", ".join(results), artifact.width, artifact.height)


def _link(value: Any, links: Mapping[UUID, ArtifactLink]) -> ArtifactLink | None:
    identifier = next(identifiers_in(value), None) if isinstance(value, str) else None
    return links.get(identifier) if identifier else None
