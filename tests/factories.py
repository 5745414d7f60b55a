"""Factories that place rows straight into any state, with fitting timestamps."""

from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import factory
from django.contrib.auth.models import User
from django.db.models import Model
from factory.django import DjangoModelFactory

from casts.models import Cast, Spell, SpellVersion
from casts.states import FINAL as FINAL_CASTS
from casts.states import Status as CastStatus
from generations.failures import Failure
from generations.models import Charge, Generation
from generations.states import FINAL, Status

Row = TypeVar("Row", bound=Model)


class Rows(Generic[Row]):
    """A factory, in a form whose types can be checked."""

    def __init__(self, factory: type[DjangoModelFactory[Row]]) -> None:
        self._factory = factory

    def __call__(self, **columns: Any) -> Row:
        """Make a row in the database."""
        return self._factory.create(**columns)

    def build(self, **columns: Any) -> Row:
        """Make an object that is not in the database."""
        return self._factory.build(**columns)

    def build_batch(self, size: int, **columns: Any) -> list[Row]:
        """Make so many objects that are not in the database."""
        return self._factory.build_batch(size, **columns)


def just_now() -> datetime:
    return datetime.now(UTC)


FAILURE = Failure(code="tool_raised", message="It broke.", step="only", attempt=1).to_json()


class _UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"account{n}")


class _SpellFactory(DjangoModelFactory[Spell]):
    class Meta:
        model = Spell

    slug = factory.Sequence(lambda n: f"spell-{n}")
    owner = factory.SubFactory(_UserFactory)
    name = factory.LazyAttribute(lambda spell: spell.slug.title())


def one_step(slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": slug.title(),
        "inputs": {"type": "object", "properties": {}},
        "steps": [{"key": "only", "tool": "text.template", "inputs": {"template": "hello"}}],
        "outputs": {"text": "${{ steps.only.text }}"},
    }


class _SpellVersionFactory(DjangoModelFactory[SpellVersion]):
    class Meta:
        model = SpellVersion

    spell = factory.SubFactory(_SpellFactory)
    number = factory.Sequence(lambda n: n + 1)
    definition = factory.LazyAttribute(lambda version: one_step(version.spell.slug))
    tool_versions = factory.LazyFunction(lambda: {"text.template": "1"})
    digest = factory.Sequence(lambda n: f"{n:064x}")
    created_by = factory.SelfAttribute("spell.owner")


class _CastFactory(DjangoModelFactory[Cast]):
    class Meta:
        model = Cast

    version = factory.SubFactory(_SpellVersionFactory)
    account = factory.SelfAttribute("version.spell.owner")
    source = "api"
    status = CastStatus.QUEUED
    inputs = factory.LazyFunction(dict)
    created_at = factory.LazyFunction(just_now)
    deadline_at = factory.LazyAttribute(lambda cast: cast.created_at + timedelta(days=7))
    started_at = factory.LazyAttribute(
        lambda cast: None if cast.status == CastStatus.QUEUED else cast.created_at
    )
    finished_at = factory.LazyAttribute(
        lambda cast: cast.created_at if cast.status in FINAL_CASTS else None
    )
    outputs = factory.LazyAttribute(
        lambda cast: {} if cast.status == CastStatus.SUCCEEDED else None
    )
    failure = factory.LazyAttribute(
        lambda cast: FAILURE if cast.status == CastStatus.FAILED else None
    )


class _GenerationFactory(DjangoModelFactory[Generation]):
    class Meta:
        model = Generation

    cast = factory.SubFactory(_CastFactory, status=CastStatus.RUNNING)
    step = "only"
    round = 1
    attempt = 1
    tool = "text.template"
    tool_version = "1"
    adapter = "local"
    status = Status.PENDING
    inputs = factory.LazyFunction(lambda: {"template": "hello"})
    created_at = factory.LazyFunction(just_now)
    epoch = factory.LazyAttribute(lambda row: 0 if row.status == Status.PENDING else 1)
    lease_until = factory.LazyAttribute(
        lambda row: row.created_at + timedelta(seconds=10) if row.status == Status.RUNNING else None
    )
    started_at = factory.LazyAttribute(
        lambda row: None if row.status == Status.PENDING else row.created_at
    )
    finished_at = factory.LazyAttribute(lambda row: row.created_at if row.status in FINAL else None)
    outputs = factory.LazyAttribute(
        lambda row: {"text": "hello"} if row.status == Status.SUCCEEDED else None
    )
    failure = factory.LazyAttribute(lambda row: FAILURE if row.status == Status.FAILED else None)


class _ChargeFactory(DjangoModelFactory[Charge]):
    class Meta:
        model = Charge

    generation = factory.SubFactory(_GenerationFactory)
    kind = Charge.Kind.RESERVED
    amount = 1
    at = factory.LazyFunction(just_now)


UserFactory = Rows[User](_UserFactory)
SpellFactory = Rows[Spell](_SpellFactory)
SpellVersionFactory = Rows[SpellVersion](_SpellVersionFactory)
CastFactory = Rows[Cast](_CastFactory)
GenerationFactory = Rows[Generation](_GenerationFactory)
ChargeFactory = Rows[Charge](_ChargeFactory)
