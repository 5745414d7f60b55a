"""How costs and failures read over the API."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel


class CostReading(BaseModel):
    """An amount of money; exact, so it is a text."""

    amount: Decimal
    currency: Literal["USD"] = "USD"


class ProviderReading(BaseModel):
    """What a provider answered to a call that failed."""

    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    body: str = ""


class FailureReading(BaseModel):
    """Why a cast or an attempt failed."""

    code: str
    message: str
    step: str | None
    attempt: int | None
    retryable: bool
    provider: ProviderReading | None
    trace: str


def failure_reading(stored: Mapping[str, Any] | None) -> FailureReading | None:
    """Return a stored failure as it reads."""
    if stored is None:
        return None
    known = {name: stored[name] for name in FailureReading.model_fields if name != "provider"}
    return FailureReading(**known, provider=stored["provider"] or None)
