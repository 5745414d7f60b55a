"""One real browser and one real spellhub for all tests of a module."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.acceptance.conftest import fresh_databases
from tests.acceptance.stack import ROOT, FreshDatabases, Stack
from tests.servers import binary

__all__ = ["fresh_databases"]

NAME, PASSWORD = "ada", "a horse, a battery and a staple"
CARD: dict[str, Any] = {
    "slug": "card",
    "name": "Card",
    "description": "A photo, made small, and a title.",
    "visibility": "public",
    "open": True,
    "inputs": {
        "type": "object",
        "required": ["title", "photo"],
        "properties": {
            "title": {"type": "string", "minLength": 1, "maxLength": 40},
            "photo": {"type": "string", "format": "artifact", "contentMediaType": "image/*"},
            "side": {"type": "integer", "minimum": 16, "maximum": 64, "default": 48},
            "seed": {"type": "integer", "minimum": 0, "default": 1},
            "paper": {"enum": ["plain", "rough"], "default": "plain"},
            "bold": {"type": "boolean", "default": True},
        },
    },
    "steps": [
        {"key": "words", "tool": "text.template", "inputs": {"template": "${{ inputs.title }}"}},
        {
            "key": "small",
            "tool": "image.resize",
            "inputs": {
                "image": "${{ inputs.photo }}",
                "width": "${{ inputs.side }}",
                "height": "${{ inputs.side }}",
            },
            "cache": True,
        },
    ],
    "outputs": {"picture": "${{ steps.small.image }}", "title": "${{ steps.words.text }}"},
}
HELLO: dict[str, Any] = {
    "slug": "hello",
    "name": "Hello",
    "visibility": "public",
    "inputs": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 40}},
    },
    "steps": [
        {
            "key": "greeting",
            "tool": "text.template",
            "inputs": {"template": "Hello, ${{ inputs.name }}!"},
        }
    ],
    "outputs": {"text": "${{ steps.greeting.text }}"},
}
PREPARE = """
from django.core.management import call_command
User.objects.create_user({name!r}, password={password!r})
call_command("loadspells", *{files!r})
"""


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, fresh_databases: FreshDatabases
) -> Iterator[Stack]:
    """A spellhub with three spells, an account, a web server and two workers."""
    folder = tmp_path_factory.mktemp("site")
    stack = Stack(folder, fresh_databases.fresh(folder))
    files = [str(ROOT / "casts" / "starter" / "photo-to-svg.yaml")]
    for spell in (CARD, HELLO):
        files.append(str(folder / f"{spell['slug']}.yaml"))
        Path(files[-1]).write_text(yaml.safe_dump(spell))
    try:
        stack.start("web", "worker")
        stack.manage("shell", "-c", PREPARE.format(name=NAME, password=PASSWORD, files=files))
        yield stack
    finally:
        stack.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def session(browser: Browser, site: Stack) -> Any:
    """The cookies of somebody who has signed in by the form."""
    context = browser.new_context(base_url=site.base_url)
    page = context.new_page()
    page.goto("/accounts/login/?next=/spells/")
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/spells/")
    state = context.storage_state()
    context.close()
    return state


class Visits:
    """Opens pages, and keeps what their policy had to refuse."""

    def __init__(self, browser: Browser, site: Stack, session: Any) -> None:
        self._browser, self._site, self._session = browser, site, session
        self._contexts: list[BrowserContext] = []
        self.refused: list[str] = []

    def open(self, path: str, *, signed_in: bool = True, **options: Any) -> Page:
        """Open a page as ada, or as a guest; the options are Playwright's own for a context."""
        state = self._session if signed_in else None
        context = self._browser.new_context(
            base_url=self._site.base_url, storage_state=state, **options
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.refused.append(str(error)))
        page.goto(path)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.refused.append(message.text)


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Stack, session: Any) -> Iterator[Open]:
    """Return ``Visits.open``; whatever a page's policy had to refuse fails the test."""
    visits = Visits(browser, site, session)
    yield visits.open
    visits.close()
    assert visits.refused == []


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of nothing much: a sun over water."""
    picture = Image.new("RGB", (320, 240), "#f4b860")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 140, 320, 240), fill="#14506e")
    draw.ellipse((110, 60, 210, 160), fill="#c8553d")
    path = tmp_path_factory.mktemp("photos") / "sun.jpg"
    picture.save(path)
    return path
