"""The fields of a form, one for each kind of question: from what is typed to a value, and back.

Empty means not given, whatever the kind; 0 and false are values. What cannot be read as the number
it should be is handed on as the text it is: the spell's own check says what is wrong with it.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from casts.pages.casting.hints import hint_of, media_types_of
from casts.pages.casting.questions import NOT_GIVEN, Kind, Question, Schema, choices_of

# Longer whole numbers are refused by every check, and Python takes long to read them.
MAX_DIGITS = 400
_WHOLE = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")
_DIGITS = rf"[0-9]{{1,{MAX_DIGITS}}}"
_NUMBER = re.compile(
    rf"[+-]?(?:{_DIGITS}(?:\.[0-9]{{0,{MAX_DIGITS}}})?|\.{_DIGITS})(?:[eE][+-]?[0-9]{{1,4}})?"
)
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


class NotShowable(ValueError):
    """A value that a field cannot show without changing it."""


class Asked(forms.Field):
    """A question as a field; the check of the spell, and nothing here, says whether it must be."""

    def __init__(self, question: Question, widget: forms.Widget) -> None:
        self.question = question
        super().__init__(
            required=False, label=question.label, help_text=hint_of(question), widget=widget
        )

    def clean(self, value: Any) -> Any:
        """Return the JSON value that was typed, or NOT_GIVEN; raises ValidationError."""
        return self.read(value) if value not in (None, "") else self._nothing()

    def read(self, value: Any) -> Any:
        """Return the value of what was typed, which is not empty; raises ValidationError."""
        raise NotImplementedError

    def shown(self, value: Any) -> Any:
        """Return what the widget shows for a JSON value; raises NotShowable."""
        raise NotImplementedError

    def _nothing(self) -> Any:
        # What must be given and may be null can only mean null when it is left empty.
        question = self.question
        return None if question.nullable and question.is_required else NOT_GIVEN


class Line(Asked):
    """A text in one line, or a colour."""

    def read(self, value: Any) -> Any:
        """See Asked."""
        return str(value).replace("\r\n", "\n")

    def shown(self, value: Any) -> Any:
        """See Asked."""
        # Empty would come back as not given, and that means the default.
        if not isinstance(value, str) or (value == "" and self.question.default != ""):
            raise NotShowable
        # Browsers take line breaks out of a line, and turn other ones into their own.
        if "\r" in value or ("\n" in value and self.question.kind is not Kind.TEXT):
            raise NotShowable
        return value


class Number(Asked):
    """A number, typed."""

    def read(self, value: Any) -> Any:
        """See Asked."""
        return number_in(str(value))

    def shown(self, value: Any) -> Any:
        """See Asked."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotShowable
        return json.dumps(value)


class Choice(Asked):
    """One of the values that the schema lists; each is sent as JSON, for 1 and "1" are two."""

    def __init__(self, question: Question) -> None:
        values = choices_of(question.schema)
        self._values = {_key(value): value for value in values}
        choices = [(key, _choice_label(value)) for key, value in self._values.items()]
        if question.default is NOT_GIVEN or question.nullable:
            choices.insert(0, ("", "Choose one" if question.is_required else "Not given"))
        super().__init__(question, forms.Select(choices=choices))

    def read(self, value: Any) -> Any:
        """See Asked."""
        if value not in self._values:
            raise forms.ValidationError("This is none of the choices; take one of them.")
        return self._values[value]

    def shown(self, value: Any) -> Any:
        """See Asked."""
        if _key(value) not in self._values:
            raise NotShowable
        return _key(value)


class Switch(Asked):
    """True or false: a box to tick where it is always one of them, else a choice of three."""

    def __init__(self, question: Question) -> None:
        must_be = question.is_required and not question.in_optional and not question.nullable
        self.is_box = isinstance(question.default, bool) or must_be
        choices = [("", "Not given"), ("true", "Yes"), ("false", "No")]
        super().__init__(
            question, forms.CheckboxInput() if self.is_box else forms.Select(choices=choices)
        )

    def read(self, value: Any) -> Any:
        """See Asked."""
        return _TRUTH.get(value, value) if isinstance(value, str) else value

    def shown(self, value: Any) -> Any:
        """See Asked."""
        if not isinstance(value, bool):
            raise NotShowable
        return value if self.is_box else json.dumps(value)


class Lines(Asked):
    """A list of scalars, one in a line."""

    def read(self, value: Any) -> Any:
        """See Asked."""
        lines = re.split(r"\r\n|\r|\n", str(value))
        items = [scalar_in(line, self.question.items) for line in lines if line.strip()]
        return items or self._nothing()

    def shown(self, value: Any) -> Any:
        """See Asked."""
        if not isinstance(value, list) or not value:
            raise NotShowable
        lines = [_line_of(item) for item in value]
        if any(re.search(r"[\r\n]", line) or not line.strip() for line in lines):
            raise NotShowable
        return "\n".join(lines)


class JsonBox(Asked):
    """Whatever no other field can ask for."""

    def read(self, value: Any) -> Any:
        """See Asked."""
        text = str(value)
        if not text.strip():
            return self._nothing()
        try:
            return json.loads(
                text,
                object_pairs_hook=_unique,
                parse_constant=_no_constant,
                parse_int=_whole_number,
            )
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise forms.ValidationError(f"This is not JSON: {error.msg} at {where}.") from error
        except RecursionError as error:
            raise forms.ValidationError("This is nested too deeply.") from error
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def shown(self, value: Any) -> Any:
        """See Asked."""
        return json.dumps(value, ensure_ascii=False, indent=2)


class FilePicker(forms.FileInput):
    """Picks one file, or several."""

    allow_multiple_selected = True

    def value_from_datadict(
        self,
        data: Mapping[str, Any],  # noqa: ARG002 - Django's protocol
        files: "MultiValueDict[str, UploadedFile[Any]]",
        name: str,
    ) -> Any:
        """Return the list of the files that came."""
        return files.getlist(name) if hasattr(files, "getlist") else []


class Files(Asked):
    """Files: what is picked now; what was picked before is kept beside it (see ``form``)."""

    def __init__(self, question: Question) -> None:
        attrs: dict[str, Any] = {"multiple": question.kind is Kind.FILES}
        if types := media_types_of(question):
            attrs["accept"] = ",".join(types)
        super().__init__(question, FilePicker(attrs))

    def read(self, value: Any) -> Any:
        """Return the files that came."""
        return value

    def shown(self, value: Any) -> Any:  # noqa: ARG002 - see Asked
        """A browser shows no file that somebody else picked."""
        raise NotShowable


def field_for(question: Question) -> Asked:
    """Return the field that asks a question."""
    return _FIELDS[question.kind](question)


_FIELDS: dict[Kind, Callable[[Question], Asked]] = {
    Kind.LINE: lambda question: Line(question, forms.TextInput()),
    Kind.TEXT: lambda question: Line(question, forms.Textarea({"rows": 4})),
    Kind.COLOUR: lambda question: Line(question, forms.TextInput({"type": "color"})),
    Kind.NUMBER: lambda question: Number(question, forms.TextInput(_keys(question.schema))),
    Kind.CHOICE: Choice,
    Kind.SWITCH: Switch,
    Kind.FILE: Files,
    Kind.FILES: Files,
    Kind.LIST: lambda question: Lines(question, forms.Textarea({"rows": 5})),
    Kind.JSON: lambda question: JsonBox(
        question, forms.Textarea({"rows": 5, "spellcheck": "false"})
    ),
}


def number_in(text: str) -> Any:
    """Return the number that a text is, or the text when it is none."""
    bare = text.strip()
    if _WHOLE.fullmatch(bare):
        return int(bare)
    if _NUMBER.fullmatch(bare) and math.isfinite(number := float(bare)):
        return number
    return text


def scalar_in(line: str, schema: Schema) -> Any:
    """Return the scalar that a line stands for, by the schema of the list's items."""
    for value in choices_of(schema):
        if line.strip() == _line_of(value):
            return value
    match schema.get("type"):
        case "integer" | "number":
            return number_in(line)
        case "boolean":
            return _TRUTH.get(line.strip().lower(), line)
    return line


def _keys(schema: Schema) -> dict[str, str]:
    """Say how wide a number is, and which keys a telephone shows: those of digits have no sign."""
    if schema.get("minimum", schema.get("exclusiveMinimum", -1)) < 0:
        return {"size": "20"}
    return {"size": "20", "inputmode": "numeric" if schema.get("type") == "integer" else "decimal"}


def _line_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _key(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _choice_label(value: Any) -> str:
    words = {True: "Yes", False: "No", None: "None"}
    if isinstance(value, str):
        return value or "(empty)"
    return words[value] if value is None or isinstance(value, bool) else json.dumps(value)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, item in pairs:
        if key in value:
            raise ValueError(f"The key “{key[:60]}” stands twice in one object.")
        value[key] = item
    return value


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("A whole number does not fit into 64 bits.")
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number.")
