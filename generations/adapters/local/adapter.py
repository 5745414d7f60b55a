"""The adapter of the tools that run on this machine."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from generations.adapters.base import (
    ArtifactRef,
    BadOutput,
    Call,
    Done,
    Health,
    InvalidInput,
    NoSuchTool,
    ToolError,
    ToolSpec,
)
from generations.adapters.local.errors import as_tool_error
from generations.adapters.local.folder import call_folder
from generations.adapters.local.messages import KeptFile, Request
from generations.adapters.local.recorder import Recorder
from generations.adapters.local.tool import ADAPTER, AnyTool, load_tools, missing_packages
from generations.adapters.local.values import Translate, Values, read
from generations.adapters.local.warm import WarmChild

_PIECE = 65_536


class LocalAdapter:
    """Offers the tools of a package (``tools/``) and runs them here, or in the warm child.

    A tool that says it is not available on this machine is not offered.
    """

    name = ADAPTER

    def __init__(self, package: ModuleType | None = None) -> None:
        """Import the tools; raises whatever is wrong with one of them."""
        default = "generations.adapters.local.tools"
        self._tools = load_tools(package or importlib.import_module(default))
        self._unavailable = {
            key: f"{key} is not available here: {reason}"
            for key, tool in self._tools.items()
            if (reason := tool.unavailable())
        }
        problem = self.check().problem
        if problem:
            raise ImportError(problem)
        self._specs = [tool.spec() for tool in self._offered()]
        ceiling = max((spec.memory_mib for spec in self._specs), default=0)
        self.child = WarmChild(ceiling)

    def tools(self) -> Iterator[ToolSpec]:
        """Describe the tools."""
        yield from self._specs

    def unavailable(self) -> dict[str, str]:
        """Return the tools that this machine cannot run, by key, with a sentence why."""
        return dict(self._unavailable)

    def check(self) -> Health:
        """Look whether the packages that the tools need are installed."""
        problems = [
            f"{tool.key} needs {', '.join(missing)}, not installed here"
            for tool in self._offered()
            if (missing := missing_packages(tool))
        ]
        return Health(ok=not problems, problem="; ".join(problems))

    def execute(self, call: Call, tool: ToolSpec) -> Done:
        """Perform the call; raises ToolError."""
        kind = self._tools.get(tool.key)
        if tool.key in self._unavailable:
            raise NoSuchTool(self._unavailable[tool.key])
        if kind is None:
            raise NoSuchTool(f"There is no local tool {tool.key!r}.")
        files: set[str] = set()
        inputs = _checked_inputs(kind, call, files)
        if kind.isolation == "inline":
            return _run_inline(kind, inputs, call, files)
        with call_folder() as folder:
            return self._run_in_child(kind, call, files, folder)

    def _offered(self) -> list[type[AnyTool]]:
        return [tool for key, tool in self._tools.items() if key not in self._unavailable]

    def _run_in_child(self, kind: type[AnyTool], call: Call, files: set[str], folder: Path) -> Done:
        request = Request(
            call=call.id,
            attempt=call.attempt,
            key=call.key,
            inputs=dict(call.inputs),
            deadline=call.deadline,
            seconds=call.seconds_left(),
            module=kind.__module__,
            tool=kind.key,
            folder=str(folder),
            given=_copy_in(call, files, folder),
            memory_mib=kind.memory_mib,
        )
        answer = self.child.ask(request, call)
        _checked_outputs(kind, answer.outputs, _known({file.id for file in answer.files} | files))
        stored = {file.id: _store(call, folder, file) for file in answer.files}
        ids = {artifact: artifact for artifact in files}
        ids |= {placeholder: ref.id for placeholder, ref in stored.items()}
        outputs = _checked_outputs(kind, answer.outputs, ids.__getitem__)
        return Done(outputs, artifacts=list(stored.values()))


def _run_inline(kind: type[AnyTool], inputs: Values, call: Call, files: set[str]) -> Done:
    recorder = Recorder(call)
    try:
        values = kind.perform(inputs, recorder)
    except ToolError:
        raise
    except Exception as error:
        raise as_tool_error(error) from error
    known = _known({ref.id for ref in recorder.kept} | files)
    return Done(_checked_outputs(kind, values, known), artifacts=recorder.kept)


def _checked_inputs(kind: type[AnyTool], call: Call, files: set[str]) -> Values:
    def collect(artifact: str) -> str:
        files.add(artifact)
        return artifact

    try:
        return read(kind.Inputs, call.inputs, collect)
    except ValueError as error:
        raise InvalidInput(f"{kind.key} does not take these inputs: {error}") from None


def _checked_outputs(
    kind: type[AnyTool], values: dict[str, Any], translate: Translate
) -> dict[str, Any]:
    try:
        return read(kind.Outputs, values, translate).model_dump(mode="json")
    except ValueError as error:
        raise BadOutput(f"{kind.key} gave outputs that it does not declare: {error}") from None


def _known(files: set[str]) -> Callable[[str], str]:
    def known(artifact: str) -> str:
        if artifact not in files:
            raise ValueError(f"{artifact!r} is not a file of this call")
        return artifact

    return known


def _copy_in(call: Call, files: set[str], folder: Path) -> dict[str, str]:
    given = {artifact: f"given-{number}" for number, artifact in enumerate(sorted(files))}
    for artifact, name in given.items():
        with call.open(artifact) as source, (folder / name).open("xb") as copy:
            copy.writelines(_pieces(source.read))
    return given


def _store(call: Call, folder: Path, file: KeptFile) -> ArtifactRef:
    with (folder / file.path).open("rb") as source:
        return call.keep(
            _pieces(source.read),
            media_type=file.media_type,
            name=file.name,
            provenance=file.provenance,
        )


def _pieces(read_piece: Callable[[int], bytes]) -> Iterator[bytes]:
    while piece := read_piece(_PIECE):
        yield piece
