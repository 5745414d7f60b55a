"""The words and flags of the command `spell`."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from casts import library

# What a new spell begins with when nobody says.
FIRST_TOOLS = ("image.flow_field", "image.caption")


def add_verbs(parser: ArgumentParser) -> None:
    """Add a parser for each verb; which one was chosen is in ``verb``."""
    verbs = parser.add_subparsers(required=True, metavar="new|check|graph|diff|upgrade")
    for add in (_add_new, _add_check, _add_graph, _add_diff, _add_upgrade):
        add(verbs)


def _add_new(verbs: Any) -> None:
    parser = verbs.add_parser(
        "new",
        help="write the first draft of a definition",
        description="Write a definition with comments, which passes the check and can be cast.",
    )
    parser.add_argument("slug", type=_slug, help="what the spell is called in addresses")
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--from",
        dest="tools",
        nargs="+",
        metavar="TOOL",
        default=[],
        help=f"the tools its steps call, in order; default: {' '.join(FIRST_TOOLS)}",
    )
    source.add_argument("--like", metavar="SLUG", help="a saved spell to begin with")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="a file that is not there yet, or - for stdout; default: SLUG.yaml",
    )
    parser.set_defaults(verb="new")


def _add_check(verbs: Any) -> None:
    parser = verbs.add_parser(
        "check",
        help="say what is wrong with definitions",
        description="Check files, folders of them, and the newest versions of saved spells.",
    )
    parser.add_argument("names", nargs="+", metavar="PATH|SLUG")
    parser.add_argument("--strict", action="store_true", help="fail for warnings, too")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(verb="check")


def _add_graph(verbs: Any) -> None:
    parser = verbs.add_parser(
        "graph",
        help="draw the steps of a definition as an SVG",
        description="Draw what a spell takes, its steps, and what it gives, as an SVG.",
    )
    parser.add_argument("name", metavar="SLUG|FILE")
    parser.add_argument("--version", type=_number, metavar="N", help="default: the newest")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.svg", help="default: stdout")
    parser.add_argument(
        "--theme", choices=("auto", "light", "dark"), default="auto", help="auto follows the viewer"
    )
    parser.set_defaults(verb="graph")


def _add_diff(verbs: Any) -> None:
    parser = verbs.add_parser(
        "diff",
        help="say what changed between two definitions",
        usage="%(prog)s [-h] [--json] SLUG [A] [B] | FILE FILE | SLUG FILE",
        description="Compare two versions of a saved spell (the newest with the one before it), "
        "two files, or the newest version with a file.",
    )
    parser.add_argument("name", metavar="SLUG|FILE")
    parser.add_argument("sides", nargs="*", metavar="A B|FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(verb="diff")


def _add_upgrade(verbs: Any) -> None:
    parser = verbs.add_parser(
        "upgrade",
        help="save spells anew, checked against the tools that are installed now",
        description="Give spells whose tools changed a new version, if their definitions still "
        "pass the check; say what changes. What does not pass stays as it is.",
    )
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--all", action="store_true", help="all that need it")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--reason", default="", metavar="TEXT", help="kept with the event")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(verb="upgrade")


def _slug(text: str) -> str:
    problem = library.flaw_of_slug(text)
    if problem:
        raise ArgumentTypeError(problem)
    return text


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)
