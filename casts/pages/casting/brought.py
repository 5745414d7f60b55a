"""The files of one input: brought with this request, or kept from an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile

from casts.pages.casting.hints import media_types_of, size_in_words
from casts.pages.casting.pictures import Picture, thumbnail_of
from casts.pages.casting.questions import NOT_GIVEN, Kind, Question
from generations.artifacts import FileRefused
from generations.media_types import accepts
from generations.models import ArtifactLink
from generations.pictures.rasters import MAX_PIXELS
from generations.uploads import upload
from spellhub.identifiers import identifiers_in


@dataclass(frozen=True)
class Kept:
    """A file of the account, with its thumbnail where it is a picture."""

    link: ArtifactLink
    picture: Picture | None


@dataclass
class Brought:
    """Files by the ids of their links, which are sent again as ``html_name``.

    ``known`` are those of them that the account is shown. A file that was stored stays although
    something else in the form is wrong: nobody picks it twice. Whether the ids are of the account's
    own files is for the engine to say.
    """

    question: Question
    html_name: str
    kept: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    known: list[Kept] = field(default_factory=list)

    @property
    def takes_many(self) -> bool:
        """Whether the input is a list of files."""
        return self.question.kind is Kind.FILES

    def keep(self, value: Any) -> None:
        """Keep the file, or the files, that a value of this input names."""
        ids = value if isinstance(value, list) else [value]
        self.kept = [one for one in ids if isinstance(one, str)]

    def take(self, account: User, files: Sequence["UploadedFile[Any]"]) -> None:
        """Store files as the account's; one that is refused leaves a sentence in ``refusals``."""
        for file in files:
            try:
                link = upload(account, file.chunks(), name=file.name or "")
            except FileRefused as error:
                self.refusals.append(f"{_named(file)}: {_reason(error)}")
            else:
                self._add(link)

    def look_up(self, account: User) -> None:
        """Find the account's own among the kept files; others are never shown."""
        ids = list(identifiers_in(self.kept))
        links = ArtifactLink.objects.select_related("artifact")
        own = links.filter(account=account, pk__in=ids).in_bulk()
        mine = [own[one] for one in dict.fromkeys(ids) if one in own]
        self.known = [Kept(link, thumbnail_of(link, 256)) for link in mine]

    def value(self) -> Any:
        """Return the value of the input, or NOT_GIVEN."""
        if not self.kept:
            return NOT_GIVEN
        return self.kept if self.takes_many else self.kept[-1]

    def _add(self, link: ArtifactLink) -> None:
        found = link.artifact.media_type
        types = media_types_of(self.question)
        if not accepts(types, found):
            self.refusals.append(f"{link.name}: It is {found}; this takes {' or '.join(types)}.")
            return
        self.kept = [*self.kept, str(link.pk)] if self.takes_many else [str(link.pk)]


def _named(file: "UploadedFile[Any]") -> str:
    return (file.name or "The file")[:120]


def _reason(error: FileRefused) -> str:
    if error.code == "too_large":
        return f"It is larger than {size_in_words(settings.MAX_UPLOAD_BYTES)}."
    if error.code == "too_many_pixels":
        return f"It has too many pixels; at most {MAX_PIXELS // 1_000_000} million are taken."
    return str(error)
