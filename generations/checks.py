"""The system check of the tool catalogue: a tool that cannot run is loud at start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from generations.http.allowed import allowed_in
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


@register()
def check_allowed_places(**_: Any) -> list[CheckMessage]:
    """Report an entry of SPELLHUB_HTTP_ALLOW that cannot be read."""
    try:
        allowed_in(settings.HTTP_ALLOW)
    except ValueError as error:
        hint = "Entries are hosts or networks, each with a port where wanted: 10.0.0.5:8188."
        return [Error(f"SPELLHUB_HTTP_ALLOW: {error}", hint=hint, id="generations.E002")]
    return []
