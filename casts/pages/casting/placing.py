"""One press of the button: from what a form sent to a cast, once however often it was pressed."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest

from casts import definition as spells
from casts import engine
from casts.engine.run import through_faults
from casts.live_links import path_of, share
from casts.models import Cast, SpellVersion
from casts.pages.casting.form import SEED, CastForm
from casts.pages.casting.hints import size_in_words
from spellhub import database
from spellhub.accounts import idempotency
from spellhub.accounts.idempotency import Answer, Attempt
from spellhub.identifiers import uuid7
from spellhub.rest.problems import Problem

ENDPOINT = "casting page"
SOURCE = "web"
SURPRISE, ANEW, TOKEN, VERSION = "surprise", "anew", "token", "version"
# A press that comes later is meant: somebody went back to the form and wants another one.
MEANT_AFTER = timedelta(minutes=1)


@dataclass
class Press:
    """What one person asks for with one form, of the newest version of a spell."""

    request: HttpRequest
    account: User
    version: SpellVersion
    form: CastForm

    def cast(self) -> str | None:
        """Return the address of the cast's live page, or None: the form then says what is wrong.

        What was brought is the account's from then on, and stays in the form.
        """
        attempt = self._attempt()
        earlier = idempotency.answered(attempt)
        if earlier is not None:
            return self._again(earlier)
        self.form.take_files(self.account)
        inputs = self._inputs()
        if inputs is None:
            return None
        try:
            answer = through_faults(lambda: idempotency.once(attempt, lambda: self._make(inputs)))
        except engine.InputsInvalid as error:
            self.form.show_problems(error.problems)
        except (engine.NotCastable, Problem) as error:
            self.form.add_error(None, str(error))
        else:
            return answer.location
        return None

    def _attempt(self) -> Attempt:
        """Return what this press is: with the same form, anything else that is sent is another."""
        request = self.request
        sent = {n: v for n, v in request.POST.lists() if n != "csrfmiddlewaretoken"}
        files = {
            name: [(file.name, _digest_of(file)) for file in several]
            for name, several in request.FILES.lists()
        }
        asked = [self.version.spell.slug, sorted(sent.items()), sorted(files.items())]
        digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        key = f"{token_of(request)}:{digest}"
        return Attempt(f"account:{self.account.pk}", ENDPOINT, key, digest)

    def _again(self, earlier: Answer) -> str | None:
        """Lead to the cast that this very form has made, unless another one may be meant."""
        made = Cast.objects.get(pk=earlier.body["cast"])
        if database.now() - made.created_at < MEANT_AFTER:
            return earlier.location
        self.form.take_files(self.account)
        self.form.was_cast = earlier.location
        return None

    def _inputs(self) -> dict[str, Any] | None:
        """Return the inputs, or None when the engine need not be asked."""
        form = self.form
        form.is_valid()
        inputs = form.inputs()
        for sentence in self._objections():
            form.add_error(None, sentence)
        if form.is_valid():
            return inputs | self._surprise()
        # All that is wrong is said at once.
        form.show_problems(spells.check_inputs(form.definition, inputs)[1])
        return None

    def _objections(self) -> Iterator[str]:
        """Yield what is wrong with the form as a whole."""
        for name in self.form.unknown():
            yield f"This spell has no input “{name[:60]}”; load the page again."
        typed = (text for _, texts in self.request.POST.lists() for text in texts)
        if sum(len(text.encode()) for text in typed) > settings.MAX_BODY_BYTES:
            limit = size_in_words(settings.MAX_BODY_BYTES)
            yield f"What was typed is larger than {limit}; make it shorter."
        if self.request.POST.get(VERSION) != str(self.version.number):
            yield (
                "The spell was changed while you looked; this is its newest version. "
                "Look through it, then cast again."
            )

    def _surprise(self) -> dict[str, int]:
        """Return a seed that nobody chose, where that was asked for."""
        bounds = self.form.seed_bounds
        if SURPRISE not in self.request.POST or bounds is None:
            return {}
        low, high = bounds
        return {SEED: low + secrets.randbelow(max(high - low, 0) + 1)}

    def _make(self, inputs: dict[str, Any]) -> Answer:
        cast = engine.begin(
            self.version,
            self.account,
            inputs,
            source=SOURCE,
            actor=f"user:{self.account.get_username()}",
            uses_cache=ANEW not in self.request.POST,
        )
        return Answer(303, {"cast": str(cast.pk)}, path_of(share(cast)))


def token_of(request: HttpRequest) -> str:
    """Return the token of the form that was sent; a new one for a form without."""
    try:
        return str(UUID(request.POST.get(TOKEN, "")))
    except ValueError:
        return str(uuid7())


def _digest_of(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
