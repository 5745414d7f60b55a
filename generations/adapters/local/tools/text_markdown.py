"""Turn Markdown into HTML that is safe to show."""

import html
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from generations.adapters.base import Call, InvalidInput
from generations.adapters.local import LocalTool, Values, register

MAX_NESTING = 20
_TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}
_TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_LINKS = "nofollow noopener noreferrer"
_PICTURES = "Pictures are replaced by their descriptions."


class Inputs(Values):
    text: str = Field(max_length=50_000, description="Markdown: CommonMark with tables.")


class Outputs(Values):
    html: str = Field(description=f"Without scripts, styles and raw HTML. {_PICTURES}")
    text: str = Field(description="The same as plain text.")


@register
class Markdown(LocalTool[Inputs, Outputs]):
    """Turn Markdown into sanitised HTML, and into plain text."""

    key, title = "text.markdown", "Markdown"
    isolation = "process"
    deadline_s = 20
    memory_mib = 512
    requires = ("markdown_it", "nh3")
    example = Inputs(text="# Lighthouse\n\nBy night, *far out*, it speaks.")

    def run(self, inputs: Inputs, call: Call) -> Outputs:  # noqa: ARG002
        import nh3  # noqa: PLC0415
        from markdown_it import MarkdownIt  # noqa: PLC0415

        parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING + 2})
        parser.enable(["table", "strikethrough"])
        parser.add_render_rule("image", _description)
        tokens = parser.parse(inputs.text)
        if any(token.level > MAX_NESTING for token in tokens):
            raise InvalidInput(f"The text is nested deeper than {MAX_NESTING} levels.")
        written = parser.renderer.render(tokens, parser.options, {})
        safe = nh3.clean(
            written,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            url_relative="deny",
            link_rel=_LINKS,
        )
        return Outputs(html=safe, text=Plain().write(tokens))


def _description(_: Any, tokens: Any, index: int, *__: Any) -> str:
    return html.escape(tokens[index].content)


class Plain:
    """Writes tokens as plain text: items with their marks, an empty line between other blocks."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._lists = 0
        self._after_mark = False

    def write(self, tokens: Iterable[Any]) -> str:
        """Return the text of all tokens."""
        for token in tokens:
            self._write(token)
        return "".join(self._pieces).strip()

    def _write(self, token: Any) -> None:
        if token.type in {"fence", "code_block"}:
            self._begin("\n\n")
            self._pieces.append(token.content.rstrip("\n"))
        elif token.type == "inline":
            self._pieces += _words(token.children or [])
            self._after_mark = False
        elif token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
            self._begin("\n" + "  " * (self._lists - 1) + mark)
            self._after_mark = True
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            self._lists += 1
            self._begin("\n" if self._lists == 1 else "")
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self._lists -= 1
        elif not token.hidden:
            self._begin(_BEFORE.get(token.type, ""))

    def _begin(self, gap: str) -> None:
        """What comes first after the mark of an item stands on its line."""
        self._pieces.append("" if self._after_mark else gap)
        self._after_mark = self._after_mark and not gap


_BEFORE = {
    "paragraph_open": "\n\n",
    "heading_open": "\n\n",
    "table_open": "\n",
    "tr_open": "\n",
    "th_close": "  ",
    "td_close": "  ",
}


def _words(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak":
            yield "\n"
        else:
            yield token.content
