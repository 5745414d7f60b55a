"""The colours of a graph, light and dark, as the rules of its own style sheet."""

from typing import Literal

Theme = Literal["auto", "light", "dark"]

_SHAPES = """
text{font-family:system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12px}
.key{font-size:14px;font-weight:600}
.tool,.rule,.chip{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.tool{font-size:12px}.rule{font-size:11px}.chip{font-size:12px;text-anchor:middle}
.pill{font-size:11px;text-anchor:middle}
.arrow{fill:none;stroke-width:1.5}.from-input{stroke-width:1.25}.needs{stroke-dasharray:5 4}
.box,.more,.in,.out{stroke-width:1}
"""

_COLOURS = {
    "page": ("#ffffff", "#121212"),
    "box": ("#f7f8fa", "#1d1e21"),
    "border": ("#c9ced6", "#4a4d55"),
    "text": ("#1f2430", "#ececec"),
    "quiet": ("#5c6370", "#b6bcc6"),
    "arrow": ("#7a8699", "#8b98a9"),
    "faint": ("#a9b4c4", "#5f6b7a"),
    "in": ("#e8f1fe", "#16294a"),
    "in_border": ("#2e7cf6", "#4c8df6"),
    "in_text": ("#175cd3", "#8fbdff"),
    "out": ("#e3f6ec", "#0f2f22"),
    "out_border": ("#128a58", "#2fb57c"),
    "out_text": ("#086b42", "#7eddb0"),
    "pill": ("#eef0f6", "#2b2d38"),
    "rule": ("#8a4b00", "#f7c46c"),
}


def stylesheet(theme: Theme) -> str:
    """Return the rules for a theme; ``auto`` follows the viewer's own."""
    light, dark = _rules(0), _rules(1)
    if theme == "light":
        return _SHAPES + light
    if theme == "dark":
        return _SHAPES + dark
    return f"{_SHAPES}{light}@media (prefers-color-scheme:dark){{\n{dark}}}\n"


def _rules(theme: int) -> str:
    colour = {name: pair[theme] for name, pair in _COLOURS.items()}
    return f"""\
.page{{fill:{colour["page"]}}}
.box,.more{{fill:{colour["box"]};stroke:{colour["border"]}}}
.in{{fill:{colour["in"]};stroke:{colour["in_border"]}}}
.out{{fill:{colour["out"]};stroke:{colour["out_border"]}}}
.key{{fill:{colour["text"]}}}.tool{{fill:{colour["quiet"]}}}.rule{{fill:{colour["rule"]}}}
.chip-in{{fill:{colour["in_text"]}}}.chip-out{{fill:{colour["out_text"]}}}
.pill{{fill:{colour["quiet"]}}}.pill-box{{fill:{colour["pill"]}}}
.arrow{{stroke:{colour["arrow"]}}}.head{{fill:{colour["arrow"]}}}
.from-input{{stroke:{colour["faint"]}}}.head-faint{{fill:{colour["faint"]}}}
"""
