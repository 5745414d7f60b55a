"""The system check of the tool catalogue: a tool that cannot run is loud at start."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from generations.tools import catalogue


@register()
def check_tools(**_: Any) -> list[CheckMessage]:
    """Report every adapter that could not be loaded and every tool that was refused."""
    return [
        Error(
            problem,
            hint="See ADAPTERS in the settings and the tool's class.",
            id="generations.E001",
        )
        for problem in catalogue.problems()
    ]
