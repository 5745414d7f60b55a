"""What the starter spells are cast with for their pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
STARTERS = ROOT / "casts" / "starter"


@dataclass(frozen=True)
class Photo:
    """Stands for the uploaded photograph of this name."""

    name: str


ALPS, DUSK = Photo("alps"), Photo("dusk")

FOR_THE_GALLERY: dict[str, dict[str, Any]] = {
    "album-cover": {},
    "avatar-set": {},
    "contact-sheet": {},
    "cut-out-word": {},
    "four-lights": {},
    "island-map": {},
    "oracle-cards": {},
    "palette-study": {"photo": DUSK},
    "photo-collage": {
        "photos": [DUSK, ALPS, Photo("dunes"), Photo("winter"), Photo("dawn"), Photo("night")]
    },
    "photo-print": {"photo": ALPS, "process": "pencil"},
    "photo-to-svg": {"photo": ALPS},
    "pop-art": {"photo": ALPS},
    "postcard": {},
    "poster": {"title": "Night train", "seed": 7},
    "qr-card": {},
    "quote-card": {},
    "read-a-picture": {"photo": Photo("sign")},
    "seamless-tile": {},
    "stained-glass": {},
    "zine-page": {},
}


def starters() -> dict[str, dict[str, Any]]:
    """Return the definitions of the starter spells by slug."""
    read = [yaml.safe_load(path.read_text()) for path in sorted(STARTERS.glob("*.yaml"))]
    return {definition["slug"]: definition for definition in read}


def filled(value: Any, upload: Callable[[str], str]) -> Any:
    """Return inputs with the ids of uploaded files for the photos in them."""
    if isinstance(value, Photo):
        return upload(value.name)
    if isinstance(value, dict):
        return {name: filled(one, upload) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, upload) for one in value]
    return value
