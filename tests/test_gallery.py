"""Every starter spell has its picture, and the page of tools tells of all of them as they are."""

import io
import re

import pytest
from PIL import Image, ImageOps

from generations.adapters.base import ToolSpec
from tests.gallery import tool_book
from tests.gallery.__main__ import BOOK, CARD_BYTES, GALLERY, PICTURES, SHEET, SHEET_BYTES
from tests.gallery.framing import SIDE
from tests.gallery.orders import FOR_THE_GALLERY, starters
from tests.gallery.photographs import DUSK_FILE

ANEW = "run `make pictures`"
SPELLS = starters()


def test_each_starter_spell_and_nothing_else_has_a_picture() -> None:
    assert {path.stem for path in GALLERY.iterdir()} == SPELLS.keys(), ANEW
    assert FOR_THE_GALLERY.keys() == SPELLS.keys()


@pytest.mark.parametrize("slug", SPELLS)
def test_the_picture_of_a_spell_is_small_and_says_nothing_of_itself(slug: str) -> None:
    data = (GALLERY / f"{slug}.webp").read_bytes()
    assert len(data) <= CARD_BYTES
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "WEBP"
        assert max(picture.size) == SIDE
        assert not picture.getexif()
        assert not picture.info.keys() & {"exif", "xmp", "icc_profile"}


def test_the_sheet_of_all_spells_is_small_enough_for_the_readme() -> None:
    assert SHEET.stat().st_size <= SHEET_BYTES
    with Image.open(SHEET) as picture:
        assert picture.width > picture.height


@pytest.mark.parametrize("spec", tool_book.local_tools(), ids=lambda spec: spec.key)
def test_the_page_of_tools_tells_of_a_tool_as_it_is(spec: ToolSpec) -> None:
    text = BOOK.read_text()
    assert f"### `{spec.key}`, version {spec.version}\n" in text, ANEW
    assert tool_book.entry(spec) in text, ANEW
    assert tool_book.example(spec) in text, ANEW


def test_the_page_of_tools_tells_of_no_others_and_shows_pictures_that_are_there() -> None:
    text = BOOK.read_text()
    keys = re.findall(r"^### `([\w.]+)`", text, flags=re.MULTILINE)
    assert keys == [spec.key for spec in tool_book.local_tools()], ANEW
    shown = set(re.findall(r'src="pictures/tools/([\w.]+)\.webp"', text))
    assert shown == {path.stem for path in (PICTURES / "tools").iterdir()}, ANEW


def test_the_photograph_for_tests_lies_on_its_side_and_says_where_it_was_taken() -> None:
    assert DUSK_FILE.stat().st_size <= 200_000
    with Image.open(DUSK_FILE) as picture:
        said = picture.getexif()
        assert said[0x0112] != 1
        assert said.get_ifd(0x8825)
        assert ImageOps.exif_transpose(picture).size == (1200, 900)
