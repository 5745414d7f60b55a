"""A copy of a PNG says where it came from; the file itself never does."""

import hashlib
import json
import struct
from typing import Any

import pytest

from generations.artifacts import open_file, store
from generations.models import ArtifactLink, Generation
from generations.pictures.provenance import (
    MAX_INPUTS,
    NoProvenance,
    texts,
    why_not,
    with_provenance,
)
from generations.uploads import upload
from tests.factories import GenerationFactory, UserFactory
from tests.pictures import encoded, halves, opened, plain, png_chunk, svg, talkative

pytestmark = pytest.mark.django_db
INPUTS = {"seed": 7, "prompt": "Grüße, 世界", "size": [4, 3]}


def made(data: bytes = b"", inputs: dict[str, Any] | None = None, **known: Any) -> ArtifactLink:
    """The link to a file that a step made."""
    generation = GenerationFactory(
        status="succeeded", step="art", tool="image.flow", tool_version="2", inputs=inputs or INPUTS
    )
    return ArtifactLink.objects.create(
        artifact=store([data or encoded(halves())]),
        account=generation.cast.account,
        generation=generation,
        role="output",
        provenance={"spell": "night-poster v3", **known},
    )


def exported(link: ArtifactLink, **options: bool) -> bytes:
    with open_file(link.artifact) as file:
        return with_provenance(link, file.read(), **options)


def test_the_copy_tells_all_that_is_known_of_its_making() -> None:
    link = made()
    assert link.generation is not None
    said = opened(exported(link)).info
    assert json.loads(said.pop("spellhub:inputs")) == INPUTS
    assert said == {
        "Software": "spellhub",
        "spellhub:spell": "night-poster",
        "spellhub:version": "3",
        "spellhub:step": "art",
        "spellhub:tool": "image.flow",
        "spellhub:tool-version": "2",
        "spellhub:seed": "7",
        "spellhub:cast": str(link.generation.cast_id),
        "spellhub:generation": str(link.generation_id),
        "spellhub:sha256": link.artifact.sha256,
    }


def test_the_copy_has_the_same_pixels_and_the_file_stays_as_it_was() -> None:
    link = made(talkative("PNG", halves()))
    copy = exported(link)
    with open_file(link.artifact) as file:
        original = file.read()
    assert hashlib.sha256(original).hexdigest() == link.artifact.sha256
    assert b"spellhub" not in original
    assert opened(copy).tobytes() == opened(original).tobytes()
    assert opened(copy).info["Author"] == "Ada"


def test_the_texts_are_written_as_the_standard_has_it() -> None:
    copy, kinds, at = exported(made()), [], 8
    while at < len(copy):
        length, kind = struct.unpack_from(">I4s", copy, at)
        assert copy[at : at + 12 + length] == png_chunk(kind, copy[at + 8 : at + 8 + length])
        kinds.append(kind)
        at += 12 + length
    assert at == len(copy)
    assert kinds == [b"IHDR", *[b"tEXt"] * 7, b"iTXt", *[b"tEXt"] * 3, b"IDAT", b"IEND"]


def test_nobody_elses_text_stands_for_one_of_ours() -> None:
    forged = [b"Software\0forger", b"SPELLHUB:SEED\0009", b"spellhub:spell\0other"]
    plain_png = plain()
    chunks = b"".join(png_chunk(b"tEXt", text) for text in forged)
    said = opened(exported(made(plain_png[:33] + chunks + plain_png[33:]))).info
    assert (said["Software"], said["spellhub:spell"]) == ("spellhub", "night-poster")
    assert "SPELLHUB:SEED" not in said


def test_without_inputs_it_tells_the_rest() -> None:
    said = opened(exported(made(), with_inputs=False)).info
    assert "spellhub:inputs" not in said
    assert said["spellhub:seed"] == "7"
    assert "Grüße" not in str(said)


@pytest.mark.parametrize(
    ("inputs", "known", "seed"),
    [
        ({"seed": 0}, {}, "0"),
        ({"seed": 5}, {"seed": 11}, "11"),
        ({"title": "x"}, {}, None),
        ({"seed": None}, {}, None),
    ],
)
def test_the_seed_is_what_the_tool_says_or_was_given(
    inputs: dict[str, Any], known: dict[str, Any], seed: str | None
) -> None:
    assert texts(made(inputs=inputs, **known)).get("spellhub:seed") == seed


def test_long_inputs_are_shortened_and_too_many_are_left_out() -> None:
    long = texts(made(inputs={"a": "x" * 5000, "b": ["y" * 5000]}))["spellhub:inputs"]
    assert {key: len(str(value)) for key, value in json.loads(long).items()} == {
        "a": 2001,
        "b": 2005,
    }
    many = texts(made(inputs={f"a{n}": "x" * 1000 for n in range(100)}))["spellhub:inputs"]
    assert len(many) < MAX_INPUTS
    assert "left_out" in json.loads(many)


def test_a_reused_picture_names_the_attempt_that_made_it() -> None:
    link = made()
    again: Generation = GenerationFactory(status="succeeded", cached_from=link.generation)
    copy = ArtifactLink.objects.create(
        artifact=link.artifact,
        account=link.account,
        generation=again,
        role="output",
        provenance=link.provenance,
    )
    assert texts(copy) == texts(link)


@pytest.mark.parametrize("data", [plain("JPEG"), plain("WEBP"), svg(), b"words"])
def test_what_is_no_png_stays_as_it_is(data: bytes) -> None:
    link = made(data)
    assert "Only a PNG" in why_not(link)
    with pytest.raises(NoProvenance, match="Only a PNG"):
        exported(link)


def test_of_what_was_brought_nothing_is_known() -> None:
    with pytest.raises(NoProvenance, match="was brought"):
        exported(upload(UserFactory(), [plain()]))
