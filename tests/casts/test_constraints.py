"""The database itself refuses what must never be; each is tried past the ORM's validation."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from casts.checks import triggers_are_in_place
from casts.models import REFUSALS, Cast, SpellVersion
from casts.states import Status as CastStatus
from generations.models import REFUSALS as GENERATION_REFUSALS
from generations.models import Charge, Generation
from generations.states import Status
from spellhub.accounts.models import Budget
from spellhub.database import now
from spellhub.events.models import Event
from spellhub.events.record import Fact, record
from spellhub.triggers import missing
from tests.factories import (
    CastFactory,
    ChargeFactory,
    GenerationFactory,
    SpellFactory,
    SpellVersionFactory,
    just_now,
)

pytestmark = pytest.mark.django_db


def refused(work: Callable[[], object]) -> None:
    """Run a callable in a savepoint of its own and expect the database's refusal."""

    @transaction.atomic
    def attempt() -> None:
        work()
        connection.check_constraints()

    with pytest.raises(IntegrityError):
        attempt()


@pytest.mark.failure("A3")
@pytest.mark.failure("A1")
def test_a_generation_of_a_cast_that_does_not_exist_is_refused() -> None:
    """Guard: the foreign key generation → cast."""
    made_up = GenerationFactory.build(cast=None, cast_id=uuid4())
    refused(lambda: Generation.objects.bulk_create([made_up]))


@pytest.mark.failure("A1")
def test_cast_and_generation_keys_have_one_type() -> None:
    """Guard: the key types themselves."""
    key = Cast._meta.pk
    reference = Generation._meta.get_field("cast")
    assert isinstance(key, models.UUIDField)
    assert isinstance(Generation._meta.pk, models.UUIDField)
    assert isinstance(reference, models.ForeignKey)
    assert reference.target_field is key


@pytest.mark.failure("A7")
@pytest.mark.parametrize("column", ["cast_id", "step", "tool", "round", "attempt", "inputs"])
def test_a_generation_without_what_it_belongs_to_is_refused(column: str) -> None:
    """Guard: NOT NULL columns."""
    generation = GenerationFactory()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE generations_generation SET {column} = NULL WHERE id = %s",  # noqa: S608
            [generation.id.hex if connection.vendor == "sqlite" else generation.id],
        )


@pytest.mark.failure("A7")
def test_a_cast_without_an_account_is_refused() -> None:
    """Guard: NOT NULL cast.account."""
    cast = CastFactory()
    refused(lambda: Cast.objects.filter(pk=cast.pk).update(account=None))


@pytest.mark.failure("B2")
def test_two_live_attempts_of_a_step_are_refused() -> None:
    """Guard: generation_one_live."""
    first = GenerationFactory(status=Status.RUNNING)
    refused(lambda: GenerationFactory(cast=first.cast, attempt=2, status=Status.PENDING))


@pytest.mark.failure("B2")
def test_the_same_attempt_twice_is_refused() -> None:
    """Guard: generation_attempt_once."""
    first = GenerationFactory(status=Status.FAILED)
    refused(lambda: GenerationFactory(cast=first.cast, attempt=1, status=Status.FAILED))


@pytest.mark.failure("B2")
def test_two_successes_in_a_round_are_refused() -> None:
    """Guard: generation_one_success_a_round."""
    first = GenerationFactory(status=Status.SUCCEEDED)
    refused(lambda: GenerationFactory(cast=first.cast, attempt=2, status=Status.SUCCEEDED))


def test_a_success_in_another_round_is_accepted() -> None:
    first = GenerationFactory(status=Status.SUCCEEDED)
    GenerationFactory(cast=first.cast, attempt=2, round=2, status=Status.SUCCEEDED)
    assert Generation.objects.filter(cast=first.cast).count() == 2


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED, Status.CANCELLED])
def test_a_final_generation_without_its_time_is_refused(status: Status) -> None:
    refused(lambda: GenerationFactory(status=status, finished_at=None))


@pytest.mark.parametrize("status", [Status.PENDING, Status.RUNNING])
def test_a_live_generation_with_an_end_is_refused(status: Status) -> None:
    refused(lambda: GenerationFactory(status=status, finished_at=just_now()))


@pytest.mark.parametrize("status", [CastStatus.SUCCEEDED, CastStatus.FAILED, CastStatus.CANCELLED])
def test_a_final_cast_without_its_time_is_refused(status: CastStatus) -> None:
    refused(lambda: CastFactory(status=status, finished_at=None))


def test_a_succeeded_cast_without_outputs_is_refused() -> None:
    refused(lambda: CastFactory(status=CastStatus.SUCCEEDED, outputs=None))


@pytest.mark.failure("C1")
def test_a_failed_attempt_with_outputs_is_refused() -> None:
    """Guard: generation_outputs_iff_succeeded."""
    refused(lambda: GenerationFactory(status=Status.FAILED, outputs={"text": "garbage"}))


def test_a_failed_cast_without_a_failure_is_refused() -> None:
    refused(lambda: CastFactory(status=CastStatus.FAILED, failure=None))


@pytest.mark.failure("B4")
def test_a_running_generation_without_a_lease_is_refused() -> None:
    """Guard: generation_lease_iff_running."""
    refused(lambda: GenerationFactory(status=Status.RUNNING, lease_until=None))


@pytest.mark.failure("B3")
@pytest.mark.parametrize(
    "change",
    [
        {"outputs": {"text": "another"}},
        {"finished_at": just_now() + timedelta(hours=1)},
        {"status": Status.FAILED, "outputs": None, "failure": {}},
    ],
    ids=["outputs", "time", "status"],
)
def test_a_final_generation_never_changes(change: dict[str, object]) -> None:
    """Guard: the trigger generation_final_is_final."""
    done = GenerationFactory(status=Status.SUCCEEDED)
    refused(lambda: Generation.objects.filter(pk=done.pk).update(**change))


@pytest.mark.parametrize("column", ["definition", "tool_versions", "digest", "number"])
def test_a_spell_version_never_changes(column: str) -> None:
    version = SpellVersionFactory()
    value: object = {"changed": True} if column in {"definition", "tool_versions"} else 77
    refused(lambda: SpellVersion.objects.filter(pk=version.pk).update(**{column: value}))


def test_a_spell_version_that_was_cast_cannot_be_deleted() -> None:
    version = CastFactory().version
    with pytest.raises(models.ProtectedError):
        version.delete()


@pytest.mark.failure("A8")
def test_two_spells_of_one_slug_are_refused() -> None:
    """Guard: unique spell.slug."""
    SpellFactory(slug="poster")
    refused(lambda: SpellFactory(slug="poster"))


def test_a_negative_charge_is_refused() -> None:
    refused(lambda: ChargeFactory(amount=Decimal("-0.01")))


def test_a_second_charge_of_a_kind_is_refused() -> None:
    charge = ChargeFactory()
    refused(lambda: ChargeFactory(generation=charge.generation))


def test_a_charge_never_changes() -> None:
    charge = ChargeFactory()
    refused(lambda: Charge.objects.filter(pk=charge.pk).update(amount=Decimal(2)))


@pytest.mark.parametrize("column", ["ceiling", "spent", "reserved"])
def test_a_negative_budget_is_refused(column: str) -> None:
    budget = Budget.objects.create(owner="account:1", ceiling=Decimal(1))
    refused(lambda: Budget.objects.filter(pk=budget.pk).update(**{column: Decimal(-1)}))


@pytest.mark.failure("E7")
def test_money_is_exact_in_the_database() -> None:
    """Guard: MoneyField keeps whole millionths, so that 0.1 + 0.2 is 0.3 on SQLite too."""
    budget = Budget.objects.create(
        owner="account:1", ceiling=Decimal("0.3"), spent=Decimal("0.1"), reserved=Decimal(0)
    )
    room = Budget.objects.filter(pk=budget.pk)
    assert room.filter(Budget.room_for(Decimal("0.2"))).exists()
    assert not room.filter(Budget.room_for(Decimal("0.200001"))).exists()
    assert room.get().spent == Decimal("0.1")


@pytest.mark.failure("E7")
@pytest.mark.parametrize("amount", [0.1, Decimal("0.0000001"), True])
def test_money_is_never_a_float_nor_finer_than_a_millionth(amount: Any) -> None:
    """Guard: MoneyField.get_prep_value."""
    with pytest.raises(ValidationError):
        Budget.objects.create(owner="account:1", ceiling=amount)


def test_two_events_of_one_number_are_refused() -> None:
    record("cast:x", 0, [Fact("cast_created")], actor="worker", at=now())
    refused(lambda: record("cast:x", 0, [Fact("cast_created")], actor="worker", at=now()))


def test_an_event_never_changes() -> None:
    record("cast:x", 0, [Fact("cast_created")], actor="worker", at=now())
    refused(lambda: Event.objects.update(actor="somebody else"))


def test_the_triggers_come_back_after_migrate() -> None:
    every = [*REFUSALS, *GENERATION_REFUSALS]
    with connection.cursor() as cursor:
        table = " ON casts_spellversion" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER spell_version_is_immutable{table}")
    assert missing(every, connection) == {"spell_version_is_immutable"}
    assert [problem.id for problem in triggers_are_in_place(databases=["default"])] == [
        "casts.E001"
    ]
    call_command("migrate", verbosity=0)
    assert missing(every, connection) == set()
    assert triggers_are_in_place(databases=["default"]) == []
