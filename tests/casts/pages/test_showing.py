"""What a page shows of a JSON value."""

from uuid import UUID

import pytest

from casts.pages.showing import Preview, Shown, show
from generations.models import Artifact, ArtifactLink
from generations.pictures.thumbnails import Size
from spellhub.identifiers import identifiers_in

PICTURE = "01a20896-bd5b-74da-9052-4572733d6949"
PAGE = "01a20896-c33d-727f-b678-b0849fd0cd08"
DRAWING = "01a20896-c9d2-7db3-8f0e-27b1f0f2a3c5"
UNKNOWN = "01a20896-cd6e-719a-ac3c-b0d7b596d44a"


def linked(identifier: str, media_type: str, *size: int) -> ArtifactLink:
    width, height = size or (None, None)
    artifact = Artifact(media_type=media_type, width=width, height=height)
    return ArtifactLink(id=UUID(identifier), artifact=artifact)


LINKS = {
    UUID(PICTURE): linked(PICTURE, "image/png", 1600, 800),
    UUID(DRAWING): linked(DRAWING, "image/svg+xml", 2000, 1000),
    UUID(PAGE): linked(PAGE, "text/html"),
}


class Here:
    """Addresses that are the ids."""

    def file(self, link: ArtifactLink) -> str:
        return str(link.pk)

    def thumbnail(self, link: ArtifactLink, size: Size) -> str:  # noqa: ARG002
        return f"small-{size}"

    def export(self, link: ArtifactLink) -> str:
        return f"{link.pk}-export"


def shown(values: dict[str, object]) -> tuple[Shown, ...]:
    return show(values, LINKS, Here())


def kinds(values: dict[str, object]) -> list[tuple[str, str, str]]:
    return [(item.name, item.kind, item.url or item.text) for item in shown(values)]


def preview_of(identifier: str, link: ArtifactLink | None = None) -> Preview:
    [item] = show({"art": identifier}, {UUID(identifier): link} if link else LINKS, Here())
    assert item.preview is not None
    return item.preview


def test_a_picture_is_shown_and_any_other_file_is_offered() -> None:
    assert kinds({"art": PICTURE, "page": PAGE, "drawing": DRAWING}) == [
        ("art", "picture", PICTURE),
        ("page", "file", PAGE),
        ("drawing", "picture", DRAWING),
    ]


def test_a_page_loads_small_pictures_whose_widths_it_knows() -> None:
    preview = preview_of(PICTURE)
    assert preview.src == "small-640"
    assert preview.tile_set == "small-256 256w, small-640 640w"
    assert (preview.width, preview.height) == (1600, 800)


def test_only_a_result_may_be_the_picture_itself() -> None:
    assert preview_of(PICTURE).result_set.endswith(f"small-640 640w, {PICTURE} 1600w")


def test_what_browsers_do_not_show_is_never_loaded_itself() -> None:
    assert preview_of(DRAWING).result_set == "small-256 256w, small-640 640w"


def test_a_result_as_small_as_its_thumbnail_is_the_picture_itself() -> None:
    preview = preview_of(PICTURE, linked(PICTURE, "image/gif", 300, 300))
    assert preview.result_set == f"small-256 256w, {PICTURE} 300w"


@pytest.mark.parametrize(
    ("size", "result", "tile"),
    [
        ((1600, 800), "min(92vw, 1040px)", "192px"),
        ((800, 1600), "min(92vw, 260px)", "192px"),
        ((24, 24), "min(92vw, 24px)", "24px"),
        ((1, 100_000), "min(92vw, 1px)", "1px"),
        ((), "92vw", "192px"),
    ],
)
def test_no_picture_is_shown_larger_than_it_is(
    size: tuple[int, ...], result: str, tile: str
) -> None:
    preview = preview_of(PICTURE, linked(PICTURE, "image/png", *size))
    assert (preview.result_sizes, preview.tile_sizes) == (result, tile)


def test_a_picture_of_unknown_size_is_shown_all_the_same() -> None:
    preview = preview_of(PICTURE, linked(PICTURE, "image/svg+xml"))
    assert (preview.src, preview.tile_set, preview.result_set) == ("small-640", "", "")


def test_a_reader_without_addresses_is_offered_no_file() -> None:
    assert [item.url for item in show({"art": PICTURE, "page": PAGE}, LINKS)] == ["", ""]


def test_an_id_of_no_file_of_the_cast_is_only_words() -> None:
    assert kinds({"art": UNKNOWN}) == [("art", "words", UNKNOWN)]


def test_the_files_of_a_list_are_shown_one_by_one() -> None:
    assert [name for name, *_ in kinds({"all": [PICTURE, PICTURE]})] == ["all 1", "all 2"]


def test_other_values_come_last_together_and_falsy_ones_are_shown_too() -> None:
    assert kinds({"n": 0, "text": "", "off": False, "none": None}) == [
        ("text", "words", ""),
        ("", "data", "n: 0\noff: false\nnone: null"),
    ]


def test_nothing_is_shown_of_nothing() -> None:
    assert show(None, LINKS) == ()


def test_ids_are_found_however_deep() -> None:
    value = {"a": [{"b": PICTURE}], "c": "not an id", "d": 7}
    assert list(identifiers_in(value)) == [UUID(PICTURE)]
