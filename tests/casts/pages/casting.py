"""A visitor of the casting pages, and the spells that they look at."""

import io
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from casts import library
from casts.models import Cast, Spell
from tests.factories import UserFactory

Upload = SimpleUploadedFile
ARTIFACT = {"type": "string", "format": "artifact"}


def save(owner: User, properties: Mapping[str, Any] | None = None, **document: Any) -> Spell:
    """Save a spell with these inputs; whatever they are, it writes the same words."""
    inputs = {"type": "object", "properties": dict(properties or {})}
    inputs |= {"required": document.pop("required", [])}
    spell = {
        "slug": "trial",
        "name": "Trial",
        "inputs": inputs,
        "steps": [{"key": "only", "tool": "text.template", "inputs": {"template": "made"}}],
        **document,
    }
    return library.save(spell, owner)[0].spell


def picture(
    kind: str = "PNG", *, size: tuple[int, int] = (6, 4), name: str = "photo.png"
) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return Upload(name, out.getvalue())


class Visitor:
    """Somebody with a browser, signed in unless ``account`` is None."""

    def __init__(self, account: User | None) -> None:
        self.account = account
        self.client = Client()
        if account is not None:
            self.client.force_login(account)

    def look(self, slug: str = "trial", **query: str) -> Any:
        """Load a spell's page."""
        return self.client.get(reverse("spell", args=[slug]), query)

    def press(
        self,
        typed: Mapping[str, Any] | None = None,
        *,
        slug: str = "trial",
        page: Any = None,
        **more: Any,
    ) -> Any:
        """Send the form: ``typed`` by the inputs' names, what else it sends by keyword.

        ``page`` is the page whose form it is; a fresh one unless it is given.
        """
        shown = page or self.look(slug)
        sent = {f"in-/{name}": value for name, value in (typed or {}).items()}
        context = shown.context
        sent |= {"token": context["token"], "version": str(context["version"].number), **more}
        return self.client.post(reverse("spell", args=[slug]), sent)

    def cast(self, typed: Mapping[str, Any] | None = None, **more: Any) -> Cast:
        """Send the form; return the cast that it made."""
        answer = self.press(typed, **more)
        assert answer.status_code == 303, answer.content.decode()
        return Cast.objects.latest("created_at", "id")


def wrong(answer: Any) -> dict[str, list[str]]:
    """What a page says is wrong, by the names of the inputs; ``""`` is above the form."""
    assert answer.status_code == 422, answer.status_code
    errors = answer.context["form"].errors
    return {("" if name == "__all__" else name[1:]): list(told) for name, told in errors.items()}


def visitor(**columns: Any) -> Visitor:
    return Visitor(UserFactory(**columns))
