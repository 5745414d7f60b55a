"""Every starter spell makes something that is served, that is not flat, and that its seed decides.

All are cast on one stack, at the same time, with what their schemas ask for and little more.
"""

import io
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import resvg_py
from PIL import Image

from tests.acceptance.client import Client
from tests.acceptance.stack import Stack
from tests.gallery.orders import starters
from tests.gallery.photographs import taken

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]

POINTS = (240, 240)
COLOURS = 100
COLOURS_OF_A_DRAWING = 8
WITHIN_S = 300
ANEW = {"Cache-Control": "no-cache"}
# Beside what is required: less than by default, where that makes it much quicker.
LESS: dict[str, dict[str, Any]] = {
    "avatar-set": {"names": ["Ada", "Lev"]},
    "cut-out-word": {"word": "Hi"},
    "photo-to-svg": {"detail": "low"},
    "stained-glass": {"panes": 120},
}
# One whose live page is looked at, and one whose steps may be reused.
SHOWN = ("poster", "another seed")
REUSED = "seamless-tile"
ARTIFACT = {"type": "string", "format": "artifact"}


@dataclass(frozen=True)
class Trial:
    """One way of casting a spell; trials of a ``twin`` give the same bytes, all others do not."""

    spell: str
    twin: str
    inputs: dict[str, Any]


def test_every_starter_spell_makes_pictures_that_are_served_and_its_seed_decides_them(
    stack: Stack,
) -> None:
    stack.manage("loadspells", "casts/starter")
    client = Client(stack)
    trials = list(_trials(_uploaded(client)))
    if not stack.is_sqlite:
        # What a tool makes of its inputs does not depend on the database.
        trials = list(_first_of_each(trials))
    casts = [_cast(client, trial) for trial in trials]
    seen: dict[tuple[str, str], bytes] = {}
    flaws = [
        f"{trial.spell} ({trial.twin}): {flaw}"
        for trial, cast in zip(trials, casts, strict=True)
        for flaw in _flaws_of_cast(client, trial, cast, seen)
    ]
    assert flaws == []
    assert {spell for spell, _ in seen} == starters().keys()
    assert len(set(seen.values())) == len(seen), "other inputs, or another seed, changed nothing"
    assert _reused(stack) == 0
    again = client.ended([client.cast(REUSED)], WITHIN_S).popitem()[1]
    assert _reused(stack) > 0
    assert _fetched(client, again["outputs"]["image"]) == seen[REUSED, "first"]


def _uploaded(client: Client) -> str:
    answer = client.http.post(
        "artifacts/", files={"file": ("dusk.jpg", taken("dusk"), "image/jpeg")}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _trials(photo: str) -> Iterator[Trial]:
    """Cast each spell twice alike; with another seed, and with a photo, where it takes them."""
    for slug, definition in starters().items():
        schema = definition["inputs"]
        inputs = LESS.get(slug, {}) | {
            name: _value(schema["properties"][name], photo) for name in schema.get("required", ())
        }
        first = Trial(slug, "first", inputs)
        yield first
        yield first
        if seed := schema["properties"].get("seed"):
            other = inputs | {"seed": seed.get("default", 1) + 1}
            yield replace(first, twin="another seed", inputs=other)
        for name in schema["properties"].keys() - schema.get("required", ()):
            if ARTIFACT.items() <= schema["properties"][name].items():
                yield replace(first, twin="a photo", inputs=inputs | {name: photo})


def _first_of_each(trials: Iterable[Trial]) -> Iterator[Trial]:
    """Leave one trial of every spell, and the one whose live page is looked at."""
    known: set[str] = set()
    for trial in trials:
        if trial.spell not in known or (trial.spell, trial.twin) == SHOWN:
            known.add(trial.spell)
            yield trial


def _value(schema: dict[str, Any], photo: str) -> Any:
    """Return a value for an input that is required."""
    if ARTIFACT.items() <= schema.items():
        return photo
    return [photo, photo] if schema["type"] == "array" else "Night train"


def _cast(client: Client, trial: Trial) -> str:
    order = {"spell": trial.spell, "inputs": trial.inputs}
    answer = client.http.post("casts/", json=order, headers=ANEW)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def _flaws_of_cast(
    client: Client, trial: Trial, cast: str, seen: dict[tuple[str, str], bytes]
) -> Iterator[str]:
    """Say what is wrong with a cast once it has ended; ``seen`` is what its twins have given."""
    ended = client.ended([cast], WITHIN_S)[cast]
    if ended["status"] != "succeeded":
        yield str(ended["failure"])
        return
    main, *others = [_fetched(client, one) for one in _files(ended["outputs"])]
    if (trial.spell, trial.twin) not in seen:
        yield from (flaw for file in (main, *others) for flaw in _flaws_of_file(file))
    if seen.setdefault((trial.spell, trial.twin), main) != main:
        yield "other bytes for the same inputs"
    if (trial.spell, trial.twin) == SHOWN:
        yield from _flaws_of_live_page(client, cast)


def _files(outputs: dict[str, Any]) -> list[str]:
    """Return the ids of files among the outputs, that of the picture or the drawing first."""
    named = (outputs.get(name) for name in ("image", "svg", "stencil", "tile", "code", "audio"))
    return [one for one in (*named, *outputs.get("images", ())) if one]


def _fetched(client: Client, artifact: str) -> bytes:
    answer = client.http.get(f"artifacts/{artifact}/")
    assert answer.status_code == 200
    return answer.content


def _flaws_of_live_page(client: Client, cast: str) -> Iterator[str]:
    link = client.http.post(f"casts/{cast}/links/", json={}).json()
    page = client.http.get(link["url"], headers={"Authorization": ""})
    if page.status_code != 200 or "Succeeded" not in page.text or "<img" not in page.text:
        yield f"its live page does not show its picture: {page.status_code} {page.text[:500]}"


def _flaws_of_file(data: bytes) -> Iterator[str]:
    """Say what is wrong with a file: a picture or a drawing is not flat, a sound not silent."""
    if data.startswith(b"RIFF"):
        if _loudness(data) < 3000:
            yield "a sound is silent"
    elif data.lstrip().startswith(b"<"):
        drawn = bytes(resvg_py.svg_to_bytes(svg_string=data.decode()))
        if _colours(drawn) < COLOURS_OF_A_DRAWING:
            yield "a drawing is flat"
    elif _colours(data) < COLOURS:
        yield "a picture is flat"


def _loudness(data: bytes) -> int:
    with wave.open(io.BytesIO(data)) as track:
        samples = np.frombuffer(track.readframes(track.getnframes()), np.int16)
    return int(np.abs(samples).max())


def _colours(data: bytes) -> int:
    """Count the colours of some of a picture's points."""
    picture = Image.open(io.BytesIO(data)).convert("RGB").resize(POINTS, Image.Resampling.NEAREST)
    return len(picture.getcolors(maxcolors=picture.width * picture.height) or ())


def _reused(stack: Stack) -> int:
    sql = "SELECT count(*) FROM generations_generation WHERE cached_from_id IS NOT NULL"
    ((count,),) = stack.query(sql)
    return int(count)
