"""What a page shows of a JSON value."""

from uuid import UUID

from casts.pages.showing import identifiers, show
from generations.models import Artifact, ArtifactLink

PICTURE = "01a20896-bd5b-74da-9052-4572733d6949"
PAGE = "01a20896-c33d-727f-b678-b0849fd0cd08"
UNKNOWN = "01a20896-cd6e-719a-ac3c-b0d7b596d44a"
LINKS = {
    UUID(PICTURE): ArtifactLink(id=UUID(PICTURE), artifact=Artifact(media_type="image/png")),
    UUID(PAGE): ArtifactLink(id=UUID(PAGE), artifact=Artifact(media_type="text/html")),
}


def kinds(values: dict[str, object]) -> list[tuple[str, str, str]]:
    return [(item.name, item.kind, item.url or item.text) for item in show(values, LINKS, str)]


def test_a_picture_is_shown_and_any_other_file_is_offered() -> None:
    assert kinds({"art": PICTURE, "page": PAGE}) == [
        ("art", "picture", PICTURE),
        ("page", "file", PAGE),
    ]


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
    assert show(None, LINKS, str) == ()


def test_ids_are_found_however_deep() -> None:
    value = {"a": [{"b": PICTURE}], "c": "not an id", "d": 7}
    assert list(identifiers(value)) == [UUID(PICTURE)]
