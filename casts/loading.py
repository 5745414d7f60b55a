"""Loading spells from files: all are checked before any is saved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from casts import library
from casts.definition import Checked, DefinitionUnreadable, Problem, read
from casts.models import Spell

SUFFIXES = frozenset({".yaml", ".yml", ".json"})


class FilesRefused(ValueError):
    """Some files cannot be loaded; ``problems`` has a (file, problem) pair for each reason."""

    def __init__(self, problems: list[tuple[Path, Problem]]) -> None:
        super().__init__("; ".join(f"{path}: {problem.detail}" for path, problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Found:
    """A file and what the check found in it."""

    path: Path
    checked: Checked

    @property
    def slug(self) -> str:
        """The slug of a spell that was checked without errors."""
        assert self.checked.definition is not None  # noqa: S101 - files with errors are refused
        return self.checked.definition.slug


@dataclass(frozen=True)
class Loaded:
    """What became of a file: the version it is now, and whether that was there before."""

    path: Path
    version: str
    what: str
    warnings: tuple[Problem, ...]
    is_private: bool = False


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return files, and the spell files in folders, sorted; raises FilesRefused."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES) if path.is_dir() else []
        if path.is_dir() and not inside:
            told = Problem("", "no_files", "The folder has no .yaml, .yml or .json file.")
            raise FilesRefused([(path, told)])
        found += inside or [path]
    return list(dict.fromkeys(found))


def load(paths: Iterable[Path], owner: User, *, keep_edited: bool = False) -> list[Loaded]:
    """Save the spells of files as an account's; loading the same again changes nothing.

    ``keep_edited`` leaves spells alone whose newest version somebody else has saved. Raises
    FilesRefused, and then nothing was saved.
    """
    problems: list[tuple[Path, Problem]] = []
    found: list[Found] = []
    for path in files_of(paths):
        checked = _check(path)
        if isinstance(checked, Checked) and checked.ok:
            found.append(Found(path, checked))
        else:
            flaws = checked.errors if isinstance(checked, Checked) else checked
            problems += [(path, flaw) for flaw in flaws]
    problems += _conflicts(found, owner)
    if problems:
        raise FilesRefused(problems)
    # One transaction: a set of spells may belong together.
    with transaction.atomic():
        return [_save(item, owner, keep_edited=keep_edited) for item in found]


def _check(path: Path) -> Checked | tuple[Problem, ...]:
    try:
        document: Any = read(path.read_bytes())
    except OSError as error:
        return (Problem("", "unreadable", f"It cannot be read: {error.strerror}."),)
    except DefinitionUnreadable as error:
        return error.problems
    return library.check(document)


def _conflicts(found: list[Found], owner: User) -> Iterator[tuple[Path, Problem]]:
    first: dict[str, Path] = {}
    owners = dict(
        Spell.objects.filter(slug__in=[item.slug for item in found]).values_list(
            "slug", "owner__username"
        )
    )
    for item in found:
        if item.slug in first:
            told = f"{first[item.slug]} has the slug {item.slug!r} already."
            yield item.path, Problem("/slug", "slug_taken", told)
        elif owners.get(item.slug, owner.username) != owner.username:
            told = f"The spell {item.slug!r} belongs to {owners[item.slug]}; give --owner."
            yield item.path, Problem("/slug", "slug_taken", told)
        first.setdefault(item.slug, item.path)


def _save(item: Found, owner: User, *, keep_edited: bool) -> Loaded:
    spell = Spell.objects.filter(slug=item.slug).first()
    newest = spell.versions.first() if spell else None
    if keep_edited and newest and newest.created_by_id != owner.pk:
        return Loaded(item.path, str(newest), "kept", ())
    version, is_new = library.save(item.checked.document, owner, spell=spell)
    what = "unchanged" if not is_new else "updated" if spell else "created"
    is_private = version.spell.visibility == Spell.Visibility.PRIVATE
    return Loaded(item.path, str(version), what, item.checked.warnings, is_private)
