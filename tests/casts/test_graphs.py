"""The picture of a spell's steps: everything is there, nothing overlaps, nothing acts."""

import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st

from casts.definition import Definition, parse
from casts.graphs import svg_of
from casts.graphs.layout import MAX_BENDS, Layout, laid_out
from casts.graphs.wiring import MAX_LISTED, inputs_in, wiring_of

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def step(key: str, *sources: str, tool: str = "image.filter", **more: Any) -> dict[str, Any]:
    given = {f"from_{source}": f"${{{{ steps.{source}.image }}}}" for source in sources}
    return {"key": key, "tool": tool, "inputs": {**given, **more.pop("inputs", {})}, **more}


def spell(
    *steps: dict[str, Any],
    inputs: tuple[str, ...] = (),
    outputs: dict[str, Any] | None = None,
    **more: Any,
) -> Definition:
    properties = {name: {"type": "string"} for name in inputs}
    document = {"slug": "drawn", "inputs": {"type": "object", "properties": properties}}
    return parse({**document, "steps": list(steps), "outputs": outputs or {}, **more})


DIAMOND = spell(
    step("start", inputs={"seed": "${{ inputs.seed }}"}),
    step("left", "start"),
    step("right", "start"),
    step("end", "left", "right"),
    inputs=("seed",),
    outputs={"image": "${{ steps.end.image }}"},
)


def read(svg: str) -> Element:
    return fromstring(svg)  # noqa: S314 - it is our own


def texts(svg: str) -> set[str]:
    return {element.text or "" for element in read(svg).iter(f"{SVG}text")}


def classes(svg: str, tag: str) -> list[str]:
    return [element.get("class", "") for element in read(svg).iter(f"{SVG}{tag}")]


def test_inputs_steps_tools_and_outputs_are_all_named() -> None:
    shown = texts(svg_of(DIAMOND))
    assert {"seed", "start", "left", "right", "end", "image.filter", "image"} <= shown


def test_data_goes_along_full_arrows_and_a_mere_wait_is_dashed() -> None:
    svg = svg_of(spell(step("a", needs=[]), step("b", "a"), step("c")))
    assert sorted(style for style in classes(svg, "path") if "arrow" in style) == [
        "arrow data",
        "arrow needs",
    ]


def test_the_policies_of_a_step_stand_in_its_box() -> None:
    svg = svg_of(
        spell(
            step(
                "many",
                when="${{ inputs.loud }}",
                for_each="${{ inputs.texts }}",
                max_items=50,
                max_in_flight=4,
                retry={"attempts": 3},
                on_failure="continue",
                deadline_s=60,
                cache=True,
                resubmit=True,
            ),
            inputs=("loud", "texts"),
        )
    )
    assert {
        *("when inputs.loud", "for each of inputs.texts", "at most 50", "4 at a time"),
        *("3 attempts", "may fail", "within 60 s", "cached 30 d", "resubmits"),
    } <= texts(svg)
    assert "more" in classes(svg, "rect")


def test_what_says_the_default_is_not_shown() -> None:
    svg = svg_of(spell(step("only", retry={"attempts": 1}, on_failure="fail")))
    assert texts(svg) == {"only", "image.filter"}


def test_it_says_in_words_what_it_shows() -> None:
    said = read(svg_of(DIAMOND)).findtext(f"{SVG}desc") or ""
    assert "Inputs: seed." in said
    assert "Step end calls image.filter, after left, right." in said
    assert "Output image comes from end." in said


@pytest.mark.parametrize(
    ("expression", "used"),
    [
        ("${{ inputs.a }}", {"a"}),
        ("${{ inputs.a.b[0] || inputs.c }}", {"a", "c"}),
        ('a text with ${{ inputs."b" }} in it', {"b"}),
        ("${{ inputs.[a, c] }}", {"a", "c"}),
        ("${{ length(inputs.a[*].b) }}", {"a"}),
        ("${{ inputs }}", {"a", "b", "c"}),
        ("${{ steps.x.inputs.a }}", set()),
        ("${{ inputs.unknown }}", set()),
        ("inputs.a", set()),
        ("${{ sort_by(steps.x.list, &inputs.a) }}", set()),
    ],
)
def test_the_inputs_that_an_expression_uses_are_found(expression: str, used: set[str]) -> None:
    assert inputs_in([{"deep": expression}], frozenset("abc")) == used


def test_more_inputs_than_anybody_reads_become_one_that_counts_them() -> None:
    names = tuple(f"input_{number}" for number in range(30))
    uses = {"text": "${{ inputs.input_29 }}"}
    svg = svg_of(spell(step("only", inputs=uses), inputs=names))
    assert "and 7 more" in texts(svg)
    assert len(wiring_of(spell(step("only"), inputs=names)).of("input")) == MAX_LISTED
    assert "arrow from-input" in classes(svg, "path")


def test_a_long_name_is_cut_and_whole_in_its_title() -> None:
    long = "a_key_that_is_as_long_as_a_key_may_be_40"
    svg = svg_of(spell(step(long)))
    cut = next(element for element in read(svg).iter(f"{SVG}text"))
    assert (cut.text or "").endswith("…")
    assert cut.findtext(f"{SVG}title") == long


@pytest.mark.failure("K5")
def test_what_people_wrote_is_text_and_nothing_else() -> None:
    """Guards the escaping: no name or expression becomes an element, a link or a script."""
    evil = "</text><script>alert(1)</script><a xlink:href='javascript:x'>\x0b\x00\ufffe"
    svg = svg_of(
        spell(
            step("only", tool="image.<b>", when="${{ inputs.a == '</text><script>' }}"),
            inputs=("a", evil),
            outputs={evil: evil},
            name=f"</title>{evil}",
        )
    )
    allowed = {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text"}
    elements = list(read(svg).iter())
    assert {element.tag.removeprefix(SVG) for element in elements} <= allowed
    assert not any(name.endswith("href") for element in elements for name in element.attrib)
    assert "<script" not in svg


def test_auto_follows_the_viewer_and_the_others_do_not() -> None:
    auto, light, dark = (svg_of(DIAMOND, theme) for theme in ("auto", "light", "dark"))
    assert "prefers-color-scheme:dark" in auto
    assert "prefers-color-scheme" not in light + dark
    assert ".page{fill:#ffffff}" in light
    assert ".page{fill:#121212}" in dark


def test_it_is_drawn_by_others_than_browsers() -> None:
    picture = resvg_py.svg_to_bytes(svg_string=svg_of(DIAMOND))
    assert bytes(picture[:8]) == b"\x89PNG\r\n\x1a\n"
    assert len(picture) > 3_000


def test_the_same_spell_gives_the_same_bytes_in_every_process() -> None:
    script = (
        "from casts.graphs import svg_of; from casts.definition import parse, read;"
        "print(svg_of(parse(read(open('casts/starter/poster.yaml').read()))))"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


def test_steps_stand_in_their_order_where_another_one_gains_nothing() -> None:
    branches = [f"branch_{number}" for number in range(12)]
    layout = laid_out(wiring_of(spell(step("start"), *(step(key, "start") for key in branches))))
    places = {placed.box.node.name: (placed.x, placed.y) for placed in layout.boxes}
    across = 1 if layout.is_sideways else 0
    assert sorted(branches, key=lambda key: places[key][across]) == branches


def test_a_wide_spell_goes_to_the_right_and_a_long_one_down() -> None:
    wide = [step("start"), *(step(f"branch_{number}", "start") for number in range(20))]
    long = [step("step_0"), *(step(f"step_{n}", f"step_{n - 1}") for n in range(1, 20))]
    assert laid_out(wiring_of(spell(*wide))).is_sideways
    assert not laid_out(wiring_of(spell(*long))).is_sideways


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    count = draw(st.integers(1, 14))
    steps = []
    for number in range(count):
        sources = draw(st.sets(st.integers(0, max(number - 1, 0)), max_size=3)) if number else set()
        more: dict[str, Any] = {"needs": []} if draw(st.booleans()) else {}
        uses = {"text": "${{ inputs.one }}"} if draw(st.booleans()) else {}
        keys = [f"step_{source}" for source in sorted(sources)]
        steps.append(step(f"step_{number}", *keys, inputs=uses, **more))
    gives = draw(st.sets(st.integers(0, count - 1), max_size=3))
    outputs = {f"out_{n}": f"${{{{ steps.step_{n}.image }}}}" for n in sorted(gives)}
    names = ("one", "two") if draw(st.booleans()) else ("one",)
    return spell(*steps, inputs=names, outputs=outputs)


@settings(max_examples=40, deadline=None)
@given(definitions())
def test_no_boxes_overlap_and_every_arrow_leads_on(definition: Definition) -> None:
    layout = laid_out(wiring_of(definition))
    assert_tidy(layout)
    drawn = {route.arrow for route in layout.routes}
    assert drawn == set(wiring_of(definition).arrows)


def assert_tidy(layout: Layout) -> None:
    for one, other in combinations(layout.boxes, 2):
        apart = (
            one.x + one.box.width <= other.x
            or other.x + other.box.width <= one.x
            or one.y + one.box.height <= other.y
            or other.y + other.box.height <= one.y
        )
        assert apart, (one.box.node.name, other.box.node.name)
    along = 0 if layout.is_sideways else 1
    for route in layout.routes:
        assert route.points[0][along] < route.points[-1][along]
    points = [point for route in layout.routes for point in route.points]
    assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in points)


@pytest.mark.failure("K5")
def test_the_largest_spell_there_can_be_is_drawn_with_a_bounded_number_of_bends() -> None:
    """Guards MAX_BENDS: a spell of 100 steps that all refer to each other is no bomb."""
    steps = [step(f"s{n}", *(f"s{m}" for m in range(n)), needs=[]) for n in range(100)]
    outputs = {f"o{n}": f"${{{{ steps.s{n}.image }}}}" for n in range(100)}
    layout = laid_out(wiring_of(spell(*steps, outputs=outputs)))
    # A route has two points at either end, and two more for each layer it bends through.
    bends = sum((len(route.points) - 4) // 2 for route in layout.routes)
    assert 0 < bends <= MAX_BENDS
    assert_tidy(layout)


def find(root: Element, style: str) -> list[Element]:
    return [element for element in root.iter() if element.get("class") == style]


def test_inputs_stand_at_one_end_and_outputs_at_the_other() -> None:
    layout = laid_out(wiring_of(DIAMOND))
    tops = {placed.box.node.side: placed.y for placed in layout.boxes}
    steps = [placed.y for placed in layout.boxes if placed.box.node.side == "step"]
    assert tops["input"] < min(steps)
    assert max(steps) < tops["output"]
    root = read(svg_of(DIAMOND))
    assert (len(find(root, "in")), len(find(root, "out"))) == (1, 1)
