"""Money is exact: Decimal in code, whole millionths in the database."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from generations.models import Charge
from spellhub.money import MoneyField
from tests.factories import ChargeFactory


@pytest.mark.failure("E7")
@pytest.mark.parametrize("amount", [0.5, 1.0, True])
def test_an_amount_that_is_not_exact_by_its_type_is_refused(amount: object) -> None:
    """Guard: MoneyField refuses floats by their type, also those that happen to be exact."""
    with pytest.raises(ValidationError):
        MoneyField().get_prep_value(amount)


@pytest.mark.failure("E7")
@pytest.mark.django_db
def test_a_stored_amount_comes_back_as_it_was() -> None:
    """Guard: the column holds whole numbers, and MoneyField makes a Decimal of them."""
    row = ChargeFactory(amount=Decimal("1234567890.123456"))
    stored = Charge.objects.get(pk=row.pk).amount
    assert isinstance(stored, Decimal)
    assert stored == Decimal("1234567890.123456")
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount FROM generations_charge")
        assert cursor.fetchone() == (1_234_567_890_123_456,)
