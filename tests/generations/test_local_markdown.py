"""Markdown becomes HTML that nobody can misuse, and plain text."""

import re
import time
from html.parser import HTMLParser

import pytest

from generations.adapters.base import InvalidInput
from tests.generations.calls import expect, run


def html(text: str) -> str:
    made: str = run("text.markdown", {"text": text})["html"]
    return made


def plain(text: str) -> str:
    made: str = run("text.markdown", {"text": text})["text"]
    return made


def test_the_usual_marks_become_html() -> None:
    assert html("# Sea\n\nby *night*, **far** `out`") == (
        "<h1>Sea</h1>\n<p>by <em>night</em>, <strong>far</strong> <code>out</code></p>\n"
    )
    assert html("3. c\n4. d") == '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>\n'
    assert "<th>a</th>" in html("|a|\n|-|\n|1|")
    link = (
        '<p><a href="https://example.org/" title="t" rel="nofollow noopener noreferrer">x</a></p>\n'
    )
    assert html('[x](https://example.org/ "t")') == link


def test_plain_text_keeps_paragraphs_and_lists() -> None:
    assert plain("# Sea\n\nby *night*\nand day") == "Sea\n\nby night and day"
    assert plain("- a\n- b\n  - c\n\nend") == "- a\n- b\n  - c\n\nend"
    assert plain("1. a\n2. b") == "1. a\n2. b"
    assert plain("one  \ntwo") == "one\ntwo"
    assert plain("```\nx < y\n```") == "x < y"
    assert plain("see [here](https://example.org) ![a boat](b.png)") == "see here a boat"


class Elements(HTMLParser):
    """Collects every element and attribute of a page, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= attrs


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](&#x01;javascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](file:///etc/passwd)",
        "[x](/account/delete)",
        "[x](//example.org/x)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "![x](javascript:alert(1))",
        '!["><script>alert(1)</script>](x.png)',
        "![x](https://example.org/tracker.png)",
        '[x](https://example.org/ "\\" onmouseover=alert(1)")',
        "```<script>\nalert(1)\n```",
        "`<script>`",
        "<style>body{display:none}</style>",
        "<!-- --><base href=https://example.org>",
    ],
)
def test_no_script_survives(text: str) -> None:
    """The guard: raw HTML is text to the parser, and nh3 lets through a short list only."""
    seen = Elements(html(text))
    assert seen.names <= {"p", "a", "code", "pre"}
    assert set(seen.attributes) <= {"href", "title", "rel"}
    assert re.match(r"(https?|mailto):", seen.attributes.get("href") or "https:")


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    "text",
    [
        "[" * 25_000,
        "[![x](" * 3_000,
        "*a **a " * 7_000,
        "*_" * 25_000,
        "`a``" * 12_000,
        "<!--" * 12_000,
        "[a]:b\n" * 8_000,
        "|".join("x" * 1000) + "\n" + "|".join("-" * 1000) + "\n" + "x\n" * 20_000,
    ],
    ids=["brackets", "links", "emphasis", "marks", "ticks", "comments", "references", "table"],
)
def test_a_text_made_to_be_slow_ends_soon(text: str) -> None:
    """The guard: a parser without backtracking, a bounded length, and the tool's deadline."""
    started = time.monotonic()
    html(text)
    assert time.monotonic() - started < 15


@pytest.mark.failure("K5")
@pytest.mark.parametrize("text", [">" * 50_000, "> " * 25 + "deep", "- " * 30 + "deep"])
def test_a_text_nested_too_deeply_is_refused_and_nothing_of_it_lost(text: str) -> None:
    """The guard: the parser stops at a depth, and the tool says so."""
    assert "nested" in expect(InvalidInput, "text.markdown", {"text": text}).message


def test_a_depth_that_is_allowed_is_kept() -> None:
    assert plain("> " * 18 + "deep") == "deep"


def test_a_text_that_is_too_long_is_refused() -> None:
    expect(InvalidInput, "text.markdown", {"text": "x" * 50_001})
