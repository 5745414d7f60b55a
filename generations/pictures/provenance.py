"""Where a picture came from, written into a copy of it that is taken away; never into the file."""

import json
from typing import Any

from generations.models import ArtifactLink, Generation
from generations.pictures.bare.png import TEXTS, Chunk, chunks, join

MEDIA_TYPE = "image/png"
MAX_TEXT = 2_000
"""Characters of one text among the inputs."""

MAX_INPUTS = 32_000
"""Characters of all inputs together."""

RECIPE = 1
"""Counted up when the texts change, so that no browser shows an old copy."""


class NoProvenance(Exception):
    """There is nothing that could be written into a copy; says why."""


def why_not(link: ArtifactLink) -> str:
    """Say why there is no copy of a file that says where it came from; "" where there is one."""
    if link.generation_id is None:
        return "This file was brought, not made here; fetch the file itself."
    if link.artifact.media_type != MEDIA_TYPE:
        return (
            f"Only a PNG can say where it came from, and this is {link.artifact.media_type}; "
            "fetch the file itself."
        )
    return ""


def with_provenance(link: ArtifactLink, original: bytes, *, with_inputs: bool = True) -> bytes:
    """Return a copy of a PNG whose texts say where it came from; its pixels are the very same.

    Raises NoProvenance, and bare.Unreadable for a PNG that is cut off.
    """
    if reason := why_not(link):
        raise NoProvenance(reason)
    said = texts(link, with_inputs=with_inputs)
    head, *rest = chunks(original)
    # What is read first counts, and nobody else's text shall stand for one of these.
    kept = (chunk for chunk in rest if not _is_one_of(chunk, said))
    return join([head, *(_text(*item) for item in said.items()), *kept])


def texts(link: ArtifactLink, *, with_inputs: bool = True) -> dict[str, str]:
    """Return what is known of how a file was made, by keywords as PNG has them."""
    generation = link.generation
    assert generation is not None  # noqa: S101 - see why_not
    maker = generation.cached_from or generation
    slug, _, version = str(link.provenance.get("spell", "")).rpartition(" v")
    found = {
        "spell": slug,
        "version": version,
        "step": maker.step,
        "tool": maker.tool,
        "tool-version": maker.tool_version,
        "seed": _seed(link, maker),
        "inputs": _inputs(maker) if with_inputs else "",
        "cast": str(maker.cast_id),
        "generation": str(maker.id),
        "sha256": link.artifact.sha256,
    }
    named = {f"spellhub:{name}": text for name, text in found.items() if text}
    return {"Software": "spellhub", **named}


def _seed(link: ArtifactLink, maker: Generation) -> str:
    seed = link.provenance.get("seed", maker.inputs.get("seed"))
    return "" if seed is None else str(seed)[:MAX_TEXT]


def _inputs(maker: Generation) -> str:
    text = json.dumps(_bounded(maker.inputs), ensure_ascii=False)
    if len(text) <= MAX_INPUTS:
        return text
    return json.dumps({"left_out": f"{len(text)} characters of inputs"})


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else f"{value[:MAX_TEXT]}…"
    if isinstance(value, dict):
        return {_bounded(key): _bounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_bounded(item) for item in value]
    return value


def _is_one_of(chunk: Chunk, said: dict[str, str]) -> bool:
    keyword = chunk.body.partition(b"\0")[0].decode("latin-1")
    return chunk.kind in TEXTS and keyword.lower() in {name.lower() for name in said}


def _text(keyword: str, text: str) -> Chunk:
    if text.isascii():
        return Chunk(b"tEXt", keyword.encode() + b"\0" + text.encode())
    uncompressed_in_no_language = b"\0\0\0\0\0"
    body = text.encode("utf-8", "backslashreplace")
    return Chunk(b"iTXt", keyword.encode() + uncompressed_in_no_language + body)
