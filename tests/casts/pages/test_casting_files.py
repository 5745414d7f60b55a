"""Files in a form: stored as the account's, and kept whatever else is wrong."""

import struct
import zlib
from typing import Any

import pytest
from django.conf import LazySettings

from casts.models import Cast
from generations.models import ArtifactLink
from generations.uploads import upload
from tests.casts.pages.casting import ARTIFACT, Upload, Visitor, picture, save, visitor, wrong

pytestmark = pytest.mark.django_db
PHOTO = {**ARTIFACT, "contentMediaType": "image/png, image/jpeg"}
TITLE = {"type": "string", "minLength": 1, "maxLength": 20}


@pytest.fixture
def ada() -> Visitor:
    ada = visitor()
    assert ada.account
    save(ada.account, {"photo": PHOTO, "title": TITLE}, required=["photo", "title"])
    return ada


@pytest.fixture
def many() -> Visitor:
    many = visitor()
    assert many.account
    files = {"type": "array", "items": ARTIFACT, "maxItems": 3}
    save(many.account, {"files": files, "title": TITLE}, required=["title"])
    return many


def bomb() -> Upload:
    """A PNG of a few bytes that would unpack to 1.6 thousand million pixels."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return Upload("bomb.png", b"\x89PNG\r\n\x1a\n" + body)


def kept(answer: Any, name: str = "photo") -> list[str]:
    return list(answer.context["form"].brought[f"/{name}"].kept)


def test_an_uploaded_file_is_the_accounts_and_the_casts_input(ada: Visitor) -> None:
    cast = ada.cast({"title": "a", "photo": picture()})
    link = ArtifactLink.objects.get()
    assert cast.inputs == {"photo": str(link.pk), "title": "a"}
    assert (link.account, link.role, link.name) == (ada.account, "upload", "photo.png")
    assert (link.artifact.media_type, link.artifact.width) == ("image/png", 6)


def test_a_file_stays_when_something_else_is_wrong(ada: Visitor) -> None:
    answer = ada.press({"title": "", "photo": picture()})
    assert wrong(answer) == {"title": ["This is missing; give it."]}
    [link] = ArtifactLink.objects.all()
    text = answer.content.decode()
    assert "photo.png" in text
    assert f"/files/{link.pk}/thumbnail/256/" in text
    hidden = {f"kept-{name}": value for name, value in (("/photo", str(link.pk)),)}
    cast = ada.cast({"title": "a"}, page=answer, **hidden)
    assert cast.inputs == {"photo": str(link.pk), "title": "a"}
    assert ArtifactLink.objects.count() == 1


def test_another_file_takes_the_place_of_the_one_that_was_kept(ada: Visitor) -> None:
    first = ada.press({"title": "", "photo": picture()})
    again = {"kept-/photo": kept(first)[0]}
    new = {"title": "a", "photo": picture("JPEG", name="other.jpg")}
    cast = ada.cast(new, page=first, **again)
    assert ArtifactLink.objects.get(pk=cast.inputs["photo"]).name == "other.jpg"


def test_a_file_that_is_no_longer_ticked_is_not_given(ada: Visitor) -> None:
    first = ada.press({"title": "", "photo": picture()})
    assert wrong(ada.press({"title": "a"}, page=first)) == {"photo": ["This is missing; give it."]}


@pytest.mark.failure("K1")
@pytest.mark.parametrize("which", ["another's", "unknown", "nonsense", "\x00"])
def test_the_id_of_a_file_that_is_not_ones_own_is_refused_and_not_shown(
    ada: Visitor, which: str
) -> None:
    """Guards ``unfit`` in the engine, and the account in what the form shows."""
    bob = visitor()
    assert bob.account
    theirs = upload(bob.account, picture().chunks(), name="private name.png")
    unknown = "01a20896-cd6e-719a-ac3c-b0d7b596d44a"
    found = {"another's": str(theirs.pk), "unknown": unknown}.get(which, which)
    answer = ada.press({"title": "a"}, **{"kept-/photo": found})
    assert "photo" in wrong(answer)
    assert "private name" not in answer.content.decode()
    assert f"/files/{theirs.pk}" not in answer.content.decode()
    assert Cast.objects.count() == 0


def test_a_list_of_files_grows_and_shrinks(many: Visitor) -> None:
    first = many.press({"title": "", "files": [picture(name="a.png"), picture(name="b.png")]})
    both = kept(first, "files")
    assert len(both) == 2
    more = {"kept-/files": both[1:]}
    cast = many.cast({"title": "a", "files": [Upload("c.txt", b"words")]}, page=first, **more)
    names = [ArtifactLink.objects.get(pk=one).name for one in cast.inputs["files"]]
    assert names == ["b.png", "c.txt"]


def test_too_many_files_are_told_at_their_field(many: Visitor) -> None:
    files = [Upload(f"{number}.txt", b"words") for number in range(4)]
    answer = many.press({"title": "a", "files": files})
    assert wrong(answer) == {"files": ["This must have at most 3 items; it has 4."]}
    assert len(kept(answer, "files")) == 4


def test_no_file_is_none_and_not_an_empty_list(many: Visitor) -> None:
    assert many.cast({"title": "a"}).inputs == {"title": "a"}


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    ("file", "told"),
    [
        (bomb(), "bomb.png: It has too many pixels; at most 64 million are taken."),
        (Upload("broken.png", picture().read()[:40]), "broken.png: The picture cannot be read"),
        (Upload("empty.png", b""), "empty.png: The file is empty."),
        (Upload("words.png", b"only words"), "words.png: It is text/plain; this takes image/png"),
        (picture("GIF", name="moving.gif"), "moving.gif: It is image/gif; this takes image/png"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_at_its_field(
    ada: Visitor, file: Upload, told: str
) -> None:
    """Guards what is stored: by what it is, not by what it says, and never a bomb."""
    answer = ada.press({"title": "stays", "photo": file})
    [sentence] = wrong(answer)["photo"]
    assert told in sentence
    assert 'value="stays"' in answer.content.decode()
    assert Cast.objects.count() == 0


def test_a_file_that_is_too_large_is_told_and_the_others_stay(
    many: Visitor, settings: LazySettings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1024
    large, small = Upload("large.txt", b"x" * 1025), Upload("small.txt", b"x" * 1024)
    answer = many.press({"title": "a", "files": [large, small]})
    assert wrong(answer) == {"files": ["large.txt: It is larger than 1 KB."]}
    assert [ArtifactLink.objects.get(pk=one).name for one in kept(answer, "files")] == ["small.txt"]


def test_a_form_with_a_file_that_is_sent_twice_casts_once(ada: Visitor) -> None:
    page = ada.look()
    for _ in range(2):
        assert ada.press({"title": "a", "photo": picture()}, page=page).status_code == 303
    assert (Cast.objects.count(), ArtifactLink.objects.count()) == (1, 1)


def test_the_same_form_with_another_file_is_another_cast(ada: Visitor) -> None:
    page = ada.look()
    for size in ((6, 4), (4, 6)):
        ada.cast({"title": "a", "photo": picture(size=size)}, page=page)
    assert Cast.objects.count() == 2


def test_an_earlier_cast_brings_its_files_along(ada: Visitor) -> None:
    cast = ada.cast({"title": "a", "photo": picture()})
    page = ada.look(**{"from": str(cast.pk)})
    assert kept(page) == [cast.inputs["photo"]]
    assert "photo.png" in page.content.decode()
