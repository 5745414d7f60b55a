"""Casting in a real browser: real pages, real uploads, real workers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.acceptance.stack import Stack
from tests.browser.conftest import NAME, PASSWORD, Open, Visits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
CASTS_WITHIN_MS = 60_000
LIVE = re.compile(r"/live/[\w-]{40,}/$")
CAST_IT = "Cast it"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1280, "height": 900}


def press(page: Page, name: str = CAST_IT) -> None:
    page.get_by_role("button", name=name).click()


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def succeeded(page: Page) -> None:
    """Wait on a live page, which loads itself again, until the cast has succeeded."""
    expect(page).to_have_url(LIVE)
    expect(page).to_have_title(re.compile("Succeeded"), timeout=CASTS_WITHIN_MS)


def cast_hello(page: Page, name: str = "world") -> None:
    page.goto("/spells/hello/")
    page.get_by_label("Name").fill(name)
    press(page)
    expect(page).to_have_url(LIVE)


def test_a_photo_that_is_uploaded_by_the_form_becomes_an_svg(open_page: Open, photo: Path) -> None:
    page = open_page("/spells/", signed_in=False)
    page.get_by_role("link", name="Photo to SVG").click()
    page.get_by_label("Colours").fill("6")
    page.get_by_label("Detail").select_option("low")
    press(page, "Sign in to cast")
    sign_in(page)
    expect(page.get_by_label("Colours")).to_have_value("6")
    expect(page.get_by_label("Detail")).to_have_value('"low"')
    page.get_by_label("Photo").set_input_files(photo)
    press(page)
    succeeded(page)
    address = page.locator("section.result a[href*='/files/']").first.get_attribute("href")
    drawing = page.request.get(str(address))
    assert drawing.ok
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert drawing.text().startswith("<svg")
    assert "<path" in drawing.text()
    page.goto("/casts/")
    expect(page.locator("li.cast").first).to_contain_text("Photo to SVG")


def test_a_form_with_errors_keeps_everything(open_page: Open, photo: Path) -> None:
    page = open_page("/spells/card/")
    page.get_by_label("Photo").set_input_files(photo)
    page.get_by_label("Side").fill("99")
    page.get_by_label("Seed").fill("many")
    page.get_by_label("Paper").select_option("rough")
    page.get_by_label("Bold").uncheck()
    press(page)
    expect(page).to_have_title(re.compile("Not cast yet"))
    for label, sentence in (
        ("Title", "This is missing; give it."),
        ("Side", "This must be at most 64, not 99."),
        ("Seed", "This must be a whole number, not text."),
    ):
        field = page.get_by_label(label, exact=False).first
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(sentence)))
    expect(page.get_by_label("Side")).to_have_value("99")
    expect(page.get_by_label("Seed")).to_have_value("many")
    expect(page.get_by_label("Paper")).to_have_value('"rough"')
    expect(page.get_by_label("Bold")).not_to_be_checked()
    expect(page.get_by_label("sun.jpg")).to_be_checked()
    page.get_by_role("alert").get_by_role("link", name="Title").click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("Corrected")
    page.get_by_label("Side").fill("32")
    page.get_by_label("Seed").fill("")
    press(page)
    succeeded(page)


def test_a_double_click_casts_once(open_page: Open) -> None:
    page = open_page("/spells/hello/")
    page.get_by_label("Name").fill("twice")
    page.get_by_role("button", name=CAST_IT).dblclick()
    succeeded(page)
    page.goto("/casts/?spell=hello")
    first = page.locator("li.cast").count()
    page.goto("/spells/hello/")
    page.get_by_label("Name").fill("once more")
    press(page)
    succeeded(page)
    page.goto("/casts/?spell=hello")
    assert page.locator("li.cast").count() == first + 1


def reach(page: Page, role: Any, name: str) -> None:
    """Press Tab until something has the focus; it must be seen that it has."""
    wanted = page.get_by_role(role, name=name)
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    ring = "element => getComputedStyle(element.closest('.card') || element).outlineWidth"
    assert wanted.evaluate(ring) == "3px"


def test_the_keyboard_alone_is_enough(open_page: Open) -> None:
    page = open_page("/spells/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    reach(page, "link", "Hello")
    page.keyboard.press("Enter")
    page.wait_for_url("**/spells/hello/")
    reach(page, "textbox", "Name")
    page.keyboard.type("keyboard")
    reach(page, "button", CAST_IT)
    page.keyboard.press("Enter")
    succeeded(page)
    expect(page.get_by_text("Hello, keyboard!").first).to_be_visible()


def test_everything_works_without_javascript(open_page: Open, photo: Path) -> None:
    start = "/accounts/login/?next=/spells/card/"
    page = open_page(start, signed_in=False, java_script_enabled=False)
    sign_in(page)
    page.get_by_label("Photo").set_input_files(photo)
    press(page)
    page.get_by_label("Title").fill("Without")
    press(page, "Surprise me")
    succeeded(page)
    page.goto("/casts/")
    page.get_by_role("link", name="Cast again").first.click()
    expect(page.get_by_label("Title")).to_have_value("Without")
    press(page, "Sign out")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


@dataclass(frozen=True)
class Look:
    """How one page is: what axe finds in light and in dark, and how wide it is on a telephone."""

    name: str
    light: dict[str, list[str]]
    dark: dict[str, list[str]]
    width: int


def visit_all(page: Page, photo: Path) -> Iterator[str]:
    """Visit every page, a form with errors first; yield what each is called."""
    page.goto("/spells/card/")
    page.get_by_label("Photo").set_input_files(photo)
    press(page)
    yield "a form with errors"
    cast_hello(page)
    succeeded(page)
    yield "a live page"
    for path in (
        "/spells/",
        "/spells/card/",
        "/casts/",
        "/casts/?status=failed",
        "/accounts/login/",
        "/accounts/password/",
        "/accounts/forgotten/",
        "/nothing/",
    ):
        page.goto(path)
        yield path


def violations(page: Page, **only: Any) -> dict[str, list[str]]:
    """Return what axe finds, by its rules."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": only})
    return {
        one["id"]: [node["html"] for node in one["nodes"]] for one in found.response["violations"]
    }


def look(page: Page, name: str) -> Look:
    light = violations(page, type="tag", values=WCAG)
    page.emulate_media(color_scheme="dark")
    dark = violations(page, type="rule", values=["color-contrast"])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(WIDE)
    return Look(name, light, dark, width)


@pytest.fixture(scope="module")
def looks(browser: Browser, site: Stack, session: Any, photo: Path) -> list[Look]:
    """Every page, looked at once."""
    visits = Visits(browser, site, session)
    page = visits.open("/spells/", viewport=WIDE)
    looks = [look(page, name) for name in visit_all(page, photo)]
    visits.close()
    assert visits.refused == []
    return looks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(looks: list[Look], scheme: str) -> None:
    """WCAG 2.2, A and AA, as far as axe can tell; only the colours differ in the dark."""
    assert {one.name: found for one in looks if (found := getattr(one, scheme))} == {}
    assert len(looks) == 10


def test_no_page_scrolls_sideways_on_a_telephone(looks: list[Look]) -> None:
    assert {one.name: one.width for one in looks if one.width > NARROW["width"]} == {}
