"""Money in the database: exact on every database, Decimal in code."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable

_SCALE = 1_000_000

if TYPE_CHECKING:
    _Field = models.Field[Decimal | int | Combinable, Decimal]
else:
    _Field = models.Field


class MoneyField(_Field):
    """An amount of money, kept as whole millionths.

    SQLite would keep a DecimalField as a float, so that a budget could be passed by rounding.
    Accepts Decimal and int; a float or an amount finer than a millionth is refused.
    """

    description = "An amount of money"

    def get_internal_type(self) -> str:
        """Let the database treat it as a large whole number."""
        return "BigIntegerField"

    def to_python(self, value: Any) -> Any:
        """Return a Decimal for what forms and serialised data hold."""
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(str(value))

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        """Return the stored millionths as an amount."""
        return None if value is None else Decimal(value) / _SCALE

    def get_prep_value(self, value: Any) -> Any:
        """Return an amount as millionths; raises ValidationError for floats and finer amounts."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, bool | float):
            raise ValidationError(f"Money is never a {type(value).__name__}: {value!r}")
        scaled = Decimal(value) * _SCALE
        if scaled != scaled.to_integral_value():
            raise ValidationError(f"{value} is finer than a millionth")
        return int(scaled)

    def formfield(self, **kwargs: Any) -> Any:
        """Let people type an amount with up to six decimal places."""
        return models.DecimalField(max_digits=18, decimal_places=6).formfield(**kwargs)


def amount_of(amount: Decimal) -> models.Value:
    """Return an amount for use in a database expression beside columns of money."""
    return models.Value(amount, output_field=MoneyField())
