"""The form of a spell: a field for each question, what was typed, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict

from casts.definition import Definition, Problem
from casts.definition.problems import shown
from casts.pages.casting.brought import Brought
from casts.pages.casting.fields import Asked, Files, NotShowable, Number, field_for
from casts.pages.casting.questions import NOT_GIVEN, Group, Question, each, questions_of

PREFIX, KEPT = "in", "kept"
SEED = "seed"
_HIGHEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Drawn:
    """A field as it is drawn, with the files it has where it is one of files."""

    field: BoundField
    brought: Brought | None


@dataclass(frozen=True)
class Part:
    """What is drawn together: one field, or the fields of a group under its name."""

    group: Group | None
    drawn: tuple[Drawn, ...]


class CastForm(forms.Form):
    """Asks for the inputs of a spell; ``was_cast`` leads to what this very form has made before.

    Its fields are named after the inputs' places, ``in-/size/width``, so that no input can be
    taken for another one, nor for anything else that the page sends.
    """

    use_required_attribute = False

    def __init__(
        self,
        definition: Definition,
        data: MultiValueDict[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
    ) -> None:
        super().__init__(data, files, prefix=PREFIX, label_suffix="")
        self.definition = definition
        self.questions = questions_of(definition.inputs)
        self.brought: dict[str, Brought] = {}
        self.was_cast = ""
        for question in each(self.questions):
            self.fields[_name_of(question)] = field_for(question)
        for name, field in self._asked():
            if isinstance(field, Files):
                self.brought[name] = self._brought(name, field.question)
        if not self.is_bound:
            self.fill(_defaults(self.questions))

    @property
    def seed_bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest seed that the spell takes; None when it takes none."""
        field = self.fields.get(f"/{SEED}")
        schema = field.question.schema if isinstance(field, Number) else {}
        if schema.get("type") != "integer":
            return None
        low = max(ceil(schema.get("minimum", 0)), floor(schema.get("exclusiveMinimum", -1)) + 1)
        below = ceil(schema.get("exclusiveMaximum", _HIGHEST_SEED + 1))
        return low, min(floor(schema.get("maximum", _HIGHEST_SEED)), below - 1)

    @property
    def may_reuse(self) -> bool:
        """Whether a step may take what it made before instead of running."""
        return any(step.cache_ttl_s is not None for step in self.definition.steps)

    def parts(self) -> Iterator[Part]:
        """Yield what is drawn, in the order in which the spell declares its inputs."""
        for part in self.questions:
            members = part.members if isinstance(part, Group) else (part,)
            names = [_name_of(question) for question in members]
            drawn = tuple(Drawn(self[name], self.brought.get(name)) for name in names)
            yield Part(part if isinstance(part, Group) else None, drawn)

    def fill(self, inputs: Mapping[str, Any]) -> list[str]:
        """Show these inputs where nothing is typed; return the labels of those it cannot show."""
        unshown = []
        for name, field in self._asked():
            value = _at(inputs, field.question.path)
            try:
                if value is not NOT_GIVEN and name in self.brought:
                    self.brought[name].keep(value)
                elif value is not NOT_GIVEN:
                    self.initial[name] = field.shown(value)
            except NotShowable:
                unshown.append(str(field.label))
        return unshown

    def fill_typed(self, typed: MultiValueDict[str, Any]) -> None:
        """Show what was typed into another copy of this form."""
        for name, field in self._asked():
            html_name = self.add_prefix(name)
            if name not in self.brought and html_name in typed:
                self.initial[name] = field.widget.value_from_datadict(
                    typed, MultiValueDict(), html_name
                )

    def take_files(self, account: User) -> None:
        """Store the files that came, as the account's; from then on they are kept."""
        for name, brought in self.brought.items():
            brought.take(account, self.files.getlist(self.add_prefix(name)))
        # They are stored: nobody asks for their bytes again.
        self.files = MultiValueDict()

    def close_files(self) -> None:
        """Take no files: there is nobody yet whose they would be."""
        for name in self.brought:
            self.fields[name].disabled = True
            self.fields[name].help_text += " Sign in first, then pick it here."

    def look_up_files(self, account: User) -> None:
        """Find out what the kept files are, as far as they are the account's."""
        for brought in self.brought.values():
            brought.look_up(account)

    def clean(self) -> dict[str, Any]:
        """Say what was wrong with files."""
        for name, brought in self.brought.items():
            for sentence in brought.refusals:
                self.add_error(name, sentence)
        return self.cleaned_data

    def inputs(self) -> dict[str, Any]:
        """Return the inputs as far as they could be read; what is empty is not among them."""
        found: dict[str, Any] = {}
        for part in self.questions:
            if isinstance(part, Group):
                members = {q.path[-1]: self._value(q) for q in part.members}
                given = {k: v for k, v in members.items() if v is not NOT_GIVEN}
                if given or part.is_required:
                    found[part.name] = given
            elif (value := self._value(part)) is not NOT_GIVEN:
                found[part.path[0]] = value
        return found

    def unknown(self) -> list[str]:
        """Return the names of inputs that came and that this form does not ask for."""
        asked = {self.add_prefix(name) for name in self.fields}
        asked |= {brought.html_name for brought in self.brought.values()}
        given = {*self.data, *self.files} - asked
        return sorted(name for name in given if name.startswith((f"{PREFIX}-", f"{KEPT}-")))

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show each problem at its field, or above the form when it is of none."""
        wrong_already = set(self.errors)
        for problem in problems:
            name = self._name_at(problem.pointer)
            if name is None or name not in wrong_already:
                self.add_error(name, self._sentence(name, problem))

    def _name_at(self, pointer: str) -> str | None:
        for name, field in self._asked():
            own = field.question.pointer
            if pointer == own or pointer.startswith(f"{own}/"):
                return name
        return None

    def _sentence(self, name: str | None, problem: Problem) -> str:
        """Return what is wrong; below an input's name the name is not said again."""
        own = shown(problem.pointer.rpartition("/")[2])
        is_of_field = name is not None and problem.detail.startswith(f"{own} ")
        return f"This{problem.detail.removeprefix(own)}" if is_of_field else problem.detail

    def _value(self, question: Question) -> Any:
        name = _name_of(question)
        if name in self.brought:
            return self.brought[name].value()
        return self.cleaned_data.get(name, NOT_GIVEN)

    def _asked(self) -> Iterator[tuple[str, Asked]]:
        for name, field in self.fields.items():
            if isinstance(field, Asked):
                yield name, field

    def _brought(self, name: str, question: Question) -> Brought:
        html_name = f"{KEPT}-{name}"
        kept = self.data.getlist(html_name) if isinstance(self.data, MultiValueDict) else []
        return Brought(question, html_name, kept=kept)


def _name_of(question: Question) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in question.path)


def _defaults(questions: tuple[Question | Group, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in questions:
        members = each((part,))
        given = {q.path[-1]: q.default for q in members if q.default is not NOT_GIVEN}
        found |= {part.name: given} if isinstance(part, Group) else given
    return found


def _at(inputs: Any, path: tuple[str, ...]) -> Any:
    value = inputs
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return NOT_GIVEN
        value = value[name]
    return value
