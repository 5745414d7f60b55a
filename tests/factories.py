"""Factories that place rows straight into any state, with fitting timestamps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.contrib.auth.models import User
from factory.django import DjangoModelFactory

from casts.models import Cast, Spell, SpellVersion
from casts.states import FINAL as FINAL_CASTS
from casts.states import Status as CastStatus
from generations.failures import Failure
from generations.models import Charge, Generation
from generations.states import FINAL, Status


def just_now() -> datetime:
    return datetime.now(UTC)


FAILURE = Failure(code="tool_raised", message="It broke.", step="only", attempt=1).to_json()


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"account{n}")


class SpellFactory(DjangoModelFactory[Spell]):
    class Meta:
        model = Spell

    slug = factory.Sequence(lambda n: f"spell-{n}")
    owner = factory.SubFactory(UserFactory)
    name = factory.LazyAttribute(lambda spell: spell.slug.title())


def one_step(slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": slug.title(),
        "inputs": {"type": "object", "properties": {}},
        "steps": [{"key": "only", "tool": "text.template", "inputs": {"template": "hello"}}],
        "outputs": {"text": "${{ steps.only.text }}"},
    }


class SpellVersionFactory(DjangoModelFactory[SpellVersion]):
    class Meta:
        model = SpellVersion

    spell = factory.SubFactory(SpellFactory)
    number = factory.Sequence(lambda n: n + 1)
    definition = factory.LazyAttribute(lambda version: one_step(version.spell.slug))
    tool_versions = factory.LazyFunction(lambda: {"text.template": "1"})
    digest = factory.Sequence(lambda n: f"{n:064x}")
    created_by = factory.SelfAttribute("spell.owner")


class CastFactory(DjangoModelFactory[Cast]):
    class Meta:
        model = Cast

    version = factory.SubFactory(SpellVersionFactory)
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


class GenerationFactory(DjangoModelFactory[Generation]):
    class Meta:
        model = Generation

    cast = factory.SubFactory(CastFactory, status=CastStatus.RUNNING)
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


class ChargeFactory(DjangoModelFactory[Charge]):
    class Meta:
        model = Charge

    generation = factory.SubFactory(GenerationFactory)
    kind = Charge.Kind.RESERVED
    amount = 1
    at = factory.LazyFunction(just_now)
