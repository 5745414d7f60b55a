"""Scripts within stored files never run in our origin: seen in a real browser."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    Dialog,
    Download,
    Error,
    Request,
    Route,
    sync_playwright,
)

from tests.acceptance.client import Client
from tests.acceptance.conftest import MakeStack, fresh_databases, make_stack
from tests.pictures import svg

__all__ = ["fresh_databases", "make_stack"]
pytestmark = [pytest.mark.acceptance, pytest.mark.browser, pytest.mark.timeout(180)]

ATTACK = "fetch('/stolen?' + document.cookie); alert(1)"
DRAWING = svg(f'<script>{ATTACK}</script><rect width="9" height="9" onload="{ATTACK}"/>')
PAGE = f"<!DOCTYPE html><title>x</title><script>{ATTACK}</script>".encode()
NAME, PASSWORD = "ada", "only-for-this-test"


@dataclass
class Evidence:
    """What a script that ran would leave behind."""

    stolen: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@dataclass
class Visitor:
    """Somebody who is signed in, in a browser, and their files."""

    context: BrowserContext
    upload: Callable[[bytes], str]

    def visit(self, url: str) -> tuple[Evidence, int]:
        """Open an address; return what ran, and how many files were downloaded."""
        evidence = Evidence()
        downloads: list[Download] = []
        page = self.context.new_page()

        def note(request: Request) -> None:
            if "stolen" in request.url:
                evidence.stolen.append(request.url)

        def accept(dialog: Dialog) -> None:
            evidence.dialogs.append(dialog.message)
            dialog.accept()

        def count(download: Download) -> None:
            downloads.append(download)

        page.on("request", note)
        page.on("dialog", accept)
        page.on("download", count)
        try:
            page.goto(url, wait_until="load")
        except Error as error:
            if "Download is starting" not in error.message:
                raise
        page.close()
        return evidence, len(downloads)


@pytest.fixture
def visitor(make_stack: MakeStack) -> Iterator[Visitor]:
    stack = make_stack()
    stack.start("web")
    client = Client(stack, NAME)
    script = (
        "from django.contrib.auth.models import User;"
        f"user = User.objects.get(username={NAME!r});"
        f"user.is_staff = True; user.set_password({PASSWORD!r}); user.save()"
    )
    stack.manage("shell", "-c", script)

    def upload(content: bytes) -> str:
        made = client.http.post("artifacts/", files={"file": ("art.svg", content)})
        return f"{stack.base_url}/files/{made.json()['id']}/"

    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(accept_downloads=True)
        page = context.new_page()
        page.goto(f"{stack.base_url}/admin/login/")
        page.fill("#id_username", NAME)
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")
        assert any(cookie["name"] == "sessionid" for cookie in context.cookies())
        yield Visitor(context, upload)
        browser.close()


def without(*names: str) -> Callable[[Route], None]:
    """Let files through, but for some of the headers that they are served with."""

    def answer(route: Route) -> None:
        response = route.fetch()
        headers: dict[str, Any] = {
            name: value for name, value in response.headers.items() if name not in names
        }
        route.fulfill(response=response, headers=headers)

    return answer


@pytest.mark.failure("K5")
def test_a_stored_script_runs_nowhere(visitor: Visitor) -> None:
    """Guards in depth: the download, and without it the sandbox; without either it would run."""
    drawing, page = visitor.upload(DRAWING), visitor.upload(PAGE)
    nothing = Evidence()
    assert visitor.visit(drawing) == (nothing, 1)
    assert visitor.visit(page) == (nothing, 0)

    visitor.context.route("**/files/**", without("content-disposition"))
    assert visitor.visit(drawing) == (nothing, 0)
    assert visitor.visit(page) == (nothing, 0)

    visitor.context.unroute("**/files/**")
    visitor.context.route("**/files/**", without("content-disposition", "content-security-policy"))
    seen, _ = visitor.visit(drawing)
    assert seen.stolen
    assert seen.dialogs
