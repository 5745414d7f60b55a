"""The form in which people write a spell: its whole definition as YAML or JSON."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casts import library
from casts.definition import Checked, DefinitionUnreadable, Problem, read
from casts.models import Spell
from casts.yaml_writing import definition_as_yaml

EXAMPLE = """\
slug: greeting
name: Greeting
inputs:
  type: object
  required: [title]
  properties:
    title: {type: string, maxLength: 80}
steps:
  - key: words
    tool: text.template
    inputs: {template: "Hello, ${{ inputs.title }}"}
outputs: {text: "${{ steps.words.text }}"}
"""


def told(problem: Problem) -> SafeString:
    """Return a problem as a line of a form: where it is, and what to do."""
    return format_html("<code>{}</code> {}", problem.pointer or "/", problem.detail)


class SpellForm(forms.ModelForm):  # type: ignore[type-arg]
    """A spell's definition; ``checked`` is what the check found once the form is valid.

    ``seen`` is the version the form was opened on, so that nobody overwrites what they have not
    seen.
    """

    definition = forms.CharField(
        widget=forms.Textarea(
            attrs={"class": "definition", "rows": 30, "spellcheck": "false", "wrap": "off"}
        ),
        strip=False,
        help_text="YAML or JSON. Saving a changed definition makes a new version; casts that run "
        "keep theirs.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    checked: Checked | None = None

    class Meta:
        model = Spell
        fields = ("archived",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("definition", EXAMPLE)
            return
        latest = self.instance.versions.first()
        if latest:
            self.initial.setdefault("definition", definition_as_yaml(latest.definition))
            self.initial.setdefault("seen", latest.number)

    def clean_definition(self) -> str:
        """Say everything that is wrong with the definition, at once."""
        text: str = self.cleaned_data["definition"]
        try:
            document = read(text)
        except DefinitionUnreadable as unreadable:
            raise _refusal(unreadable.problems) from unreadable
        checked = library.check(document)
        if not checked.ok or checked.definition is None:
            raise _refusal(checked.errors)
        self._check_slug(checked.definition.slug)
        self.checked = checked
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse to overwrite a version that was not there when the form was opened."""
        if self.instance.pk is not None:
            latest = self.instance.versions.aggregate(last=Max("number"))["last"]
            seen = self.cleaned_data.get("seen")
            if seen is not None and latest is not None and latest > seen:
                raise ValidationError(
                    f"Version {latest} was saved while you wrote. Keep your text somewhere, "
                    "open the spell again, and put your change into that version."
                )
        return self.cleaned_data

    def _check_slug(self, slug: str) -> None:
        if self.instance.pk is None:
            if Spell.objects.filter(slug=slug).exists():
                taken = f"There is a spell {slug!r} already; open that one, or take another slug."
                raise _refusal((Problem("/slug", "slug_taken", taken),))
        elif slug != self.instance.slug:
            fixed = f"The slug of this spell stays {self.instance.slug!r}."
            raise _refusal((Problem("/slug", "slug_fixed", fixed),))


def _refusal(problems: tuple[Problem, ...]) -> ValidationError:
    return ValidationError([ValidationError(told(p), code=p.code) for p in problems])
