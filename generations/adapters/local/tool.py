"""What a local tool is: one class in one file of ``tools/``."""

import importlib
import importlib.util
import inspect
import pkgutil
from abc import ABC, abstractmethod
from types import ModuleType
from typing import Any, ClassVar, Generic, Literal, TypeVar, get_args, get_origin

from pydantic_core import PydanticSerializationError

from generations.adapters.base import BadOutput, Call, Price, ToolSpec
from generations.adapters.local.values import Values, schema_of

In = TypeVar("In", bound=Values)
Out = TypeVar("Out", bound=Values)
ADAPTER = "local"


class LocalTool(ABC, Generic[In, Out]):
    """Base of the local tools; the docstring of a tool is its description.

    ``isolation = "process"`` runs it in the warm child process, with a deadline and a memory limit
    that hold whatever it does; an inline tool shares the worker's process and must be trivial.
    ``requires`` names the packages that ``run`` imports when it is called, so that a worker does
    not hold in memory what only its child needs. ``example`` is the inputs of a step that works.
    ``retired`` says what to use instead of a tool that is only kept for the spells that have it.
    """

    key: ClassVar[str]
    version: ClassVar[str] = "1"
    title: ClassVar[str]
    isolation: ClassVar[Literal["inline", "process"]] = "inline"
    deadline_s: ClassVar[int] = 60
    memory_mib: ClassVar[int] = 1024
    repeatable: ClassVar[bool] = True
    billable: ClassVar[bool] = False
    price: ClassVar[Price | None] = None
    debug_only: ClassVar[bool] = False
    retired: ClassVar[str] = ""
    requires: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[Values | None] = None

    Inputs: ClassVar[type[Values]]
    Outputs: ClassVar[type[Values]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__dict__.get("__orig_bases__", ()):
            if get_origin(base) is LocalTool:
                cls.Inputs, cls.Outputs = get_args(base)

    @classmethod
    def unavailable(cls) -> str | None:
        """Say in a sentence why this machine cannot run the tool; None when it can.

        For what a package needs beside itself, such as a library of the system. It is asked where
        tools are only listed, so it must be cheap. A tool that is broken is not unavailable: that
        stays an error.
        """
        return None

    @abstractmethod
    def run(self, inputs: In, call: Call) -> Out:
        """Do the work; raises ToolError for a failure it can name; all else is a bug."""

    @classmethod
    def perform(cls, inputs: In, call: Call) -> dict[str, Any]:
        """Run the tool and return its outputs as JSON values; their form is checked later."""
        outputs = cls().run(inputs, call)
        if not isinstance(outputs, cls.Outputs):
            raise BadOutput(f"The tool returned {type(outputs).__name__}, not its outputs.")
        try:
            return outputs.model_dump(mode="json", warnings=False)
        except PydanticSerializationError as error:
            raise BadOutput(f"The tool's outputs cannot be written as JSON: {error}") from None

    @classmethod
    def spec(cls) -> ToolSpec:
        """Describe the tool."""
        return ToolSpec(
            key=cls.key,
            version=cls.version,
            title=cls.title,
            description=inspect.getdoc(cls) or "",
            adapter=ADAPTER,
            input_schema=schema_of(cls.Inputs, "validation"),
            output_schema=schema_of(cls.Outputs, "serialization"),
            billable=cls.billable,
            repeatable=cls.repeatable,
            deadline_s=cls.deadline_s,
            price=cls.price,
            isolation=cls.isolation,
            memory_mib=cls.memory_mib,
            debug_only=cls.debug_only,
            retired=cls.retired,
            example=cls.example.model_dump(mode="json", exclude_unset=True) if cls.example else {},
        )


AnyTool = LocalTool[Any, Any]
T = TypeVar("T", bound=type[AnyTool])

_registered: dict[str, type[AnyTool]] = {}


def register(tool: T) -> T:
    """Offer a tool class; raises ValueError when its key is taken."""
    other = _registered.get(tool.key)
    if other is not None and other.__module__ != tool.__module__:
        raise ValueError(f"{tool.__module__} and {other.__module__} both call a tool {tool.key!r}")
    _registered[tool.key] = tool
    return tool


def load_tools(package: ModuleType) -> dict[str, type[AnyTool]]:
    """Import every module of a package and return the tools registered in them, by key."""
    prefix = f"{package.__name__}."
    for module in pkgutil.iter_modules(package.__path__, prefix):
        importlib.import_module(module.name)
    return {key: tool for key, tool in _registered.items() if tool.__module__.startswith(prefix)}


def load_tool(module: str, key: str) -> type[AnyTool]:
    """Import the one module that registers a tool; raises KeyError when it does not."""
    importlib.import_module(module)
    return _registered[key]


def missing_packages(tool: type[AnyTool]) -> list[str]:
    """Return what the tool requires and is not installed."""
    return [name for name in tool.requires if importlib.util.find_spec(name) is None]
