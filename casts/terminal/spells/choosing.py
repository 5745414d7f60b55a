"""Finding the definitions that words on the command line mean: files, or saved spells."""

from dataclasses import dataclass
from pathlib import Path

from casts import definition as spells
from casts import library
from casts.comparing import Edition
from casts.definition import Definition, DefinitionUnreadable, Problem, read
from casts.definition.problems import suggestion
from casts.loading import SUFFIXES
from casts.models import Spell, SpellVersion
from generations.tools import catalogue


class NotFound(ValueError):
    """The word means no file and no spell; the message is a sentence."""


class FileWrong(ValueError):
    """A file whose definition does not pass the check; ``problems`` says why."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{path} does not pass the check.")
        self.path, self.problems = path, problems


@dataclass(frozen=True)
class Chosen:
    """A definition with a name for people: the path of its file, or its slug and version."""

    name: str
    edition: Edition

    @property
    def definition(self) -> Definition:
        """The definition, parsed."""
        return spells.parse(self.edition.document)


def is_file(word: str) -> bool:
    """Whether a word means a file or a folder: there is one, or it looks like one."""
    return Path(word).exists() or Path(word).suffix in SUFFIXES or "/" in word


def chosen(word: str, number: int | None = None) -> Chosen:
    """Return the definition in a file, or a version of a saved spell, the newest by default.

    Raises NotFound and FileWrong.
    """
    if is_file(word):
        return _of_file(Path(word))
    version = saved(word, number)
    return Chosen(str(version), Edition(version.definition, version.tool_versions))


def saved(slug: str, number: int | None = None) -> SpellVersion:
    """Return a version of a saved spell, the newest by default; raises NotFound."""
    versions = SpellVersion.objects.select_related("spell", "created_by").filter(spell__slug=slug)
    version = (versions.filter(number=number) if number else versions).order_by("-number").first()
    if version is not None:
        return version
    slugs = list(Spell.objects.order_by("slug").values_list("slug", flat=True)[:200])
    if number and slug in slugs:
        raise NotFound(f"The spell {slug} has no version {number}.")
    raise NotFound(f"There is no file and no saved spell `{slug}`{suggestion(slug, slugs)}")


def _of_file(path: Path) -> Chosen:
    try:
        checked = library.check(read(path.read_bytes()))
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.") from error
    except DefinitionUnreadable as error:
        raise FileWrong(path, error.problems) from error
    if checked.definition is None or checked.errors:
        raise FileWrong(path, checked.errors)
    pins = {step.tool: catalogue.get(step.tool).version for step in checked.definition.steps}
    return Chosen(str(path), Edition(checked.document, pins))
