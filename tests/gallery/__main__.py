"""Make the pictures of the starter spells and of the tools, by really casting: ``make pictures``.

Writes ``templates/static/spellhub/gallery/``, ``docs/pictures/`` and ``docs/tools.md``. Made again
on the same machine they have the same bytes.
"""

from pathlib import Path
from typing import Any

from generations.adapters.base import ToolSpec
from tests.gallery import tool_book
from tests.gallery.framing import framed, picture_of, save, sheet
from tests.gallery.orders import ALPS, DUSK, FOR_THE_GALLERY, ROOT, Photo, starters
from tests.gallery.photographs import DUSK_FILE, SIGN, STAMP, dusk_as_a_camera_writes_it
from tests.gallery.workshop import Workshop, workshop

GALLERY = ROOT / "templates" / "static" / "spellhub" / "gallery"
PICTURES = ROOT / "docs" / "pictures"
BOOK = ROOT / "docs" / "tools.md"
SHEET = PICTURES / "starter-spells.webp"
CARD_BYTES, EXAMPLE_BYTES, SHEET_BYTES = 60_000, 100_000, 400_000
_SHEET_WIDTH, _ROWS = 1840, 4
_EXAMPLE_SIDE = 560
# What the examples of tools refer to.
_GIVEN = {"art": ALPS, "a": DUSK, "b": ALPS}
_GIVEN_TO = {"image.read_text": {"art": Photo(SIGN)}, "image.upscale": {"art": Photo(STAMP)}}


def main() -> None:
    """Make everything anew; what no longer belongs there goes."""
    DUSK_FILE.write_bytes(dusk_as_a_camera_writes_it())
    with workshop() as shop:
        _show_spells(shop)
        _show_tools(shop)


def _show_spells(shop: Workshop) -> None:
    made = shop.cast(FOR_THE_GALLERY)
    names = {slug: definition["name"] for slug, definition in starters().items()}
    pictures = {slug: picture_of(shop.file(_shown(made[slug]))) for slug in names}
    for slug, picture in pictures.items():
        save(framed(picture), GALLERY / f"{slug}.webp", CARD_BYTES)
    _clear(GALLERY, pictures)
    hung = [(names[slug], pictures[slug]) for slug in FOR_THE_GALLERY]
    save(sheet(hung, _ROWS, _SHEET_WIDTH), SHEET, SHEET_BYTES)


def _show_tools(shop: Workshop) -> None:
    specs, offered = tool_book.local_tools(), shop.offered()
    results = {}
    for spec in specs:
        if spec.key in offered:
            results[spec.key] = _result(shop, spec)
        else:
            # Its picture, made on a machine that can run it, stays.
            results[spec.key] = _earlier(spec)
    _clear(PICTURES / "tools", [spec.key for spec in specs])
    BOOK.write_text(tool_book.book(specs, results))


def _result(shop: Workshop, spec: ToolSpec) -> str:
    outputs = shop.run(spec.key, _filled(spec.example, _GIVEN | _GIVEN_TO.get(spec.key, {})))
    shown = _shown(outputs)
    if not shown:
        return tool_book.outputs(outputs)
    picture = framed(picture_of(shop.file(shown)), _EXAMPLE_SIDE)
    save(picture, _path(spec), EXAMPLE_BYTES)
    return tool_book.picture(spec, picture.size)


def _earlier(spec: ToolSpec) -> str:
    return tool_book.picture(spec, picture_of(_path(spec).read_bytes()).size)


def _path(spec: ToolSpec) -> Path:
    return PICTURES / "tools" / f"{spec.key}.webp"


def _shown(outputs: dict[str, Any]) -> str:
    """Return the id of the file among outputs that says most; empty when there is none."""
    return next((outputs[name] for name in ("image", "svg", "audio") if outputs.get(name)), "")


def _filled(value: Any, given: dict[str, Photo]) -> Any:
    """Put photos in the place of the steps that an example refers to."""
    if isinstance(value, dict):
        return {name: _filled(one, given) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, given) for one in value]
    if isinstance(value, str) and value.startswith("${{ steps."):
        return given[value.removeprefix("${{ steps.").partition(".")[0]]
    return value


def _clear(folder: Path, kept: Any) -> None:
    """Remove pictures that belong to nothing any more."""
    names = {f"{name}.webp" for name in kept}
    for path in folder.glob("*.webp"):
        if path.name not in names:
            path.unlink()


if __name__ == "__main__":
    main()
