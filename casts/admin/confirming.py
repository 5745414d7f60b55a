"""The page that asks before a verb acts, and what it then says."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.db import Error

from casts.admin.verbs import Verb, Wish
from casts.definition import Definition
from casts.engine import Illegal
from casts.engine.verbs import NoSuchStep
from casts.models import Cast
from spellhub.identifiers import short

logger = logging.getLogger(__name__)

# So many casts are acted on in one request; more need a narrower selection.
MAX_SELECTED = 500
_SALT = "casts.admin.selected"
_FROZEN_FOR_S = 3600


class VerbForm(forms.Form):
    """The reason of a verb, and for a retry of one cast the step it starts from."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    from_step = forms.ChoiceField(required=False, label="From")

    def __init__(
        self, verb: Verb, definition: Definition | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = verb.needs_reason
        told = "It is kept with the event, under your name."
        self.fields["reason"].help_text = told if verb.needs_reason else f"{told} May stay empty."
        if verb.name != "retry" or definition is None:
            del self.fields["from_step"]
            return
        choices = [("", "the steps that failed or were cancelled, and what needs them")]
        choices += [(step.key, _with_followers(definition, step.key)) for step in definition.steps]
        self.fields["from_step"].choices = choices  # type: ignore[attr-defined]

    def wish(self, actor: str) -> Wish:
        """Return what was filled in."""
        return Wish(actor, self.cleaned_data["reason"], self.cleaned_data.get("from_step"))


def _with_followers(definition: Definition, key: str) -> str:
    after = definition.descendants(key)
    followers = [step.key for step in definition.steps if step.key in after]
    return f"{key}, then {', '.join(followers)}" if followers else key


def freeze(ids: Iterable[UUID]) -> str:
    """Sign a selection, so that what is confirmed is what is acted on.

    One field, because a form of a thousand fields is refused; and not the filter, because what it
    finds may have changed by then.
    """
    return signing.dumps([pk.hex for pk in ids], salt=_SALT, compress=True)


def thaw(frozen: str) -> list[UUID]:
    """Return a selection signed within the last hour; raises signing.BadSignature."""
    ids = signing.loads(frozen, salt=_SALT, max_age=_FROZEN_FOR_S)
    return [UUID(text) for text in ids]


@dataclass
class Results:
    """What came of a verb on each of many casts."""

    done: list[UUID] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def sentence(self) -> str:
        """Say how many were refused, and why."""
        reasons = " ".join(f"{reason} ({count})" for reason, count in self.refused.most_common())
        return f"{self.refused.total()} refused: {reasons}"


def act_on_each(verb: Verb, ids: Iterable[UUID], wish: Wish) -> Results:
    """Act on each cast by itself; what one refuses does not keep the others from it."""
    results = Results()
    for pk in ids:
        try:
            verb.act(pk, wish)
        except (Illegal, NoSuchStep) as refusal:
            results.refused[str(refusal)] += 1
        except Cast.DoesNotExist:
            results.refused[f"There is no cast {short(pk)} any more."] += 1
        except Error:
            logger.exception("%s could not be %s", pk, verb.done)
            results.refused["The database did not answer; try again."] += 1
        else:
            results.done.append(pk)
    return results
