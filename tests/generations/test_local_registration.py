"""Adding a tool is one class in one file."""

import importlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generations.adapters.base import BadOutput, InvalidInput, NoSuchTool, ToolRaised, ToolSpec
from generations.adapters.local import LocalAdapter
from tests.generations.calls import MemoryCall, execute, local

HEAD = """
from typing import Any

from generations.adapters.base import BadOutput, Call
from generations.adapters.local import Artifact, LocalTool, Values, register
"""
SHOUT = '''
class Inputs(Values):
    text: str

class Outputs(Values):
    text: str

@register
class Shout(LocalTool[Inputs, Outputs]):
    """Write a text in capitals."""

    key, title = "trial.shout", "Shout"

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        return Outputs(text=inputs.text.upper())
'''
Package = Callable[..., LocalAdapter]
_numbers = itertools.count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Make an adapter of a package of tools, each given as the text of its file."""
    adapters: list[LocalAdapter] = []
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**files: str) -> LocalAdapter:
        folder = tmp_path / f"trial_tools_{next(_numbers)}"
        folder.mkdir()
        (folder / "__init__.py").touch()
        for name, text in files.items():
            key = f"trial.{folder.name}_{name}"
            (folder / f"{name}.py").write_text(HEAD + text.replace("trial.shout", key))
        importlib.invalidate_caches()
        adapters.append(LocalAdapter(importlib.import_module(folder.name)))
        return adapters[-1]

    yield make
    for adapter in adapters:
        adapter.child.stop()


def only(adapter: LocalAdapter) -> ToolSpec:
    (spec,) = adapter.tools()
    return spec


def answer(adapter: LocalAdapter, call: MemoryCall) -> object:
    return execute(adapter, only(adapter).key, call).outputs.get("text")


def test_a_file_dropped_into_the_folder_is_a_tool(package: Package) -> None:
    adapter = package(shout=SHOUT)
    spec = only(adapter)
    assert (spec.title, spec.description) == ("Shout", "Write a text in capitals.")
    assert spec.input_schema == {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    }
    assert answer(adapter, MemoryCall({"text": "ahoy"})) == "AHOY"


def test_it_runs_in_the_child_when_it_says_so(package: Package) -> None:
    adapter = package(shout=SHOUT.replace("    key,", '    isolation = "process"\n    key,'))
    assert answer(adapter, MemoryCall({"text": "ahoy"})) == "AHOY"
    assert adapter.child.pid is not None


def test_the_example_of_the_readme_is_a_tool(package: Package) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    example = readme.split("<!-- tool example: start -->")[1].split("```")[1]
    lines = [line for line in example.removeprefix("python").splitlines() if line.strip()]
    assert len([line for line in lines if not line.startswith("from ")]) == 10, "as it says"
    adapter = package(shout=example.removeprefix("python"))
    assert only(adapter).key == "text.shout"
    assert answer(adapter, MemoryCall({"text": "ahoy"})) == "AHOY"


@pytest.mark.failure("G2")
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("import a_library_that_is_not_there\n", ModuleNotFoundError),
        ("1 / 0\n", ZeroDivisionError),
        ("def broken(:\n", SyntaxError),
        (SHOUT.replace("    key,", '    requires = ("not_there",)\n    key,'), ImportError),
    ],
)
def test_a_file_that_cannot_be_imported_is_loud(
    package: Package, text: str, error: type[Exception]
) -> None:
    """The guard: load_tools swallows nothing."""
    with pytest.raises(error):
        package(good=SHOUT, bad=text)


ELSEWHERE = SHOUT.replace(
    "    key,",
    """    @classmethod
    def unavailable(cls) -> str | None:
        return "it needs libshout.so.1 (apt-get install libshout1)."

    key,""",
)


@pytest.mark.failure("G2")
def test_a_tool_that_cannot_run_here_is_not_offered_and_says_why(package: Package) -> None:
    """The guard: the adapter asks every tool before it offers it."""
    adapter = package(good=SHOUT, elsewhere=ELSEWHERE)
    spec = only(adapter)
    ((key, reason),) = adapter.unavailable().items()
    told = "it needs libshout.so.1 (apt-get install libshout1)."
    assert reason == f"{key} is not available here: {told}"
    with pytest.raises(NoSuchTool, match=r"libshout1"):
        adapter.execute(MemoryCall({"text": "a"}), spec.model_copy(update={"key": key}))


def test_what_such_a_tool_requires_need_not_be_installed(package: Package) -> None:
    needs = 'requires = ("not_there",)\n\n    @classmethod'
    adapter = package(elsewhere=ELSEWHERE.replace("@classmethod", needs))
    assert list(adapter.tools()) == []
    assert adapter.check().ok


@pytest.mark.failure("G2")
def test_a_tool_that_cannot_even_say_whether_it_runs_is_loud(package: Package) -> None:
    """The guard: what `unavailable` raises is not taken for an answer."""
    with pytest.raises(ZeroDivisionError):
        package(bad=ELSEWHERE.replace('return "it', 'return str(1 / 0) + "it'))


def test_two_tools_of_one_key_are_loud(package: Package) -> None:
    same = SHOUT.replace("trial.shout", "text.template")
    assert "text.template" in {spec.key for spec in local().tools()}
    with pytest.raises(ValueError, match=r"text\.template"):
        package(shout=same)


def test_an_example_that_is_wrong_is_loud(package: Package) -> None:
    with pytest.raises(ValueError, match="text"):
        package(shout=SHOUT.replace("    key,", "    example = Inputs(text=3)\n    key,"))


def test_a_tool_of_another_adapter_is_gone() -> None:
    spec = next(iter(local().tools())).model_copy(update={"key": "trial.gone"})
    with pytest.raises(NoSuchTool):
        local().execute(MemoryCall({}), spec)


@pytest.mark.failure("D5")
@pytest.mark.parametrize("isolation", ["inline", "process"])
@pytest.mark.parametrize(
    "returned",
    [
        "None",
        '{"text": "a dict"}',
        "Outputs.model_construct(text=3)",
        "Outputs.model_construct()",
        "Outputs.model_construct(text=object())",
        "Outputs(text='nul \\x00')",
        "Outputs.model_construct(text='\\ud800')",
    ],
)
def test_outputs_of_another_shape_are_refused(
    package: Package, isolation: str, returned: str
) -> None:
    """The guard: every answer is checked against the tool's Outputs, inline or not."""
    text = SHOUT.replace("    key,", f'    isolation = "{isolation}"\n    key,')
    adapter = package(shout=text.replace("Outputs(text=inputs.text.upper())", returned))
    with pytest.raises(BadOutput):
        answer(adapter, MemoryCall({"text": "ahoy"}))


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_what_a_tool_raises_keeps_its_trace(package: Package, isolation: str) -> None:
    text = SHOUT.replace("    key,", f'    isolation = "{isolation}"\n    key,')
    adapter = package(shout=text.replace("inputs.text.upper()", "str(1 / len(inputs.text))"))
    assert answer(adapter, MemoryCall({"text": "ab"})) == "0.5"
    with pytest.raises(ToolRaised) as raised:
        answer(adapter, MemoryCall({"text": ""}))
    assert "ZeroDivisionError" in raised.value.message
    assert "shout.py" in raised.value.trace


FILES = SHOUT.replace("text: str", "image: Artifact").replace(
    "    key,", "    isolation = {!r}\n    key,"
)


def keeping(body: str, isolation: str) -> str:
    text = FILES.format(isolation)
    return text.replace("return Outputs(text=inputs.text.upper())", body)


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_a_tool_reads_and_keeps_files(package: Package, isolation: str) -> None:
    body = """
        content = call.open(inputs.image).read()
        kept = call.keep([content, content], media_type="text/plain", provenance={"twice": True})
        assert kept.size == 2 * len(content)
        return Outputs(image=kept.id)
    """
    adapter, call = (
        package(shout=keeping(body, isolation)),
        MemoryCall({"image": "a"}, files={"a": b"ab"}),
    )
    done = execute(adapter, only(adapter).key, call)
    assert call.files[done.outputs["image"]] == b"abab"
    assert done.artifacts[0].media_type == "text/plain"
    assert call.provenance[done.artifacts[0].id] == {"twice": True}


@pytest.mark.parametrize("isolation", ["inline", "process"])
def test_a_tool_may_give_back_the_file_it_got(package: Package, isolation: str) -> None:
    adapter = package(shout=keeping("return Outputs(image=inputs.image)", isolation))
    call = MemoryCall({"image": "a"}, files={"a": b"ab"})
    assert execute(adapter, only(adapter).key, call).outputs == {"image": "a"}


@pytest.mark.parametrize("isolation", ["inline", "process"])
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ('return Outputs(image="somebody-elses")', BadOutput),
        ('return Outputs(image="file:0")', BadOutput),
        ('call.open("somebody-elses")', InvalidInput),
        ('for _ in range(21): call.keep([b"x"], media_type="text/plain")', BadOutput),
        (
            'call.keep((bytes(2**20) for _ in range(51)), media_type="text/plain")',
            BadOutput,
        ),
    ],
)
def test_a_tool_cannot_reach_other_files_or_make_too_many(
    package: Package, isolation: str, body: str, error: type[Exception]
) -> None:
    adapter = package(shout=keeping(body, isolation))
    call = MemoryCall({"image": "a"}, files={"a": b"ab"})
    with pytest.raises(error):
        execute(adapter, only(adapter).key, call)


def test_bad_outputs_of_the_child_store_no_file(package: Package) -> None:
    body = 'call.keep([b"x"], media_type="text/plain"); return Outputs.model_construct(image=3)'
    adapter, call = (
        package(shout=keeping(body, "process")),
        MemoryCall({"image": "a"}, files={"a": b"a"}),
    )
    with pytest.raises(BadOutput):
        execute(adapter, only(adapter).key, call)
    assert call.kept == []
