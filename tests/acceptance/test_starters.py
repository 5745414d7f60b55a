"""The starter spells make pictures that are served, and that their seed decides."""

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from tests.acceptance.client import Client
from tests.acceptance.stack import Stack

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

COLOURS = 1000
WANTED: list[tuple[str, dict[str, Any]]] = [
    ("poster", {"title": "Night train", "seed": 7}),
    ("poster", {"title": "Night train", "seed": 8}),
    ("contact-sheet", {}),
]


def test_every_starter_spell_makes_a_picture_that_is_served(stack: Stack) -> None:
    stack.manage("loadspells", "casts/starter")
    client = Client(stack)
    ended = client.ended([client.cast(spell, **inputs) for spell, inputs in WANTED], 90)
    assert {cast["status"] for cast in ended.values()} == {"succeeded"}
    digests = set()
    for cast in ended.values():
        answer = client.http.get(f"artifacts/{cast['outputs']['image']}/")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
        colours = picture.getcolors(maxcolors=picture.width * picture.height)
        assert colours is not None
        assert len(colours) > COLOURS
        digests.add(hashlib.sha256(answer.content).hexdigest())
    assert len(digests) == len(WANTED)


def test_the_live_page_of_a_cast_shows_its_picture(stack: Stack) -> None:
    stack.manage("loadspells", "casts/starter")
    client = Client(stack)
    cast = client.cast("poster", title="Night train")
    client.ended([cast], 60)
    link = client.http.post(f"casts/{cast}/links/", json={}).json()
    page = client.http.get(link["url"], headers={"Authorization": ""})
    assert page.status_code == 200
    assert "Succeeded" in page.text
    assert "<img" in page.text
