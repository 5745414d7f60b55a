"""What somebody has cast."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casts.live_links import share
from casts.models import Cast, LiveLink, Spell
from casts.states import Status
from generations.models import Charge
from generations.states import Status as GenerationStatus
from generations.uploads import upload
from tests.casts.pages.casting import Visitor, picture, save, visitor
from tests.factories import CastFactory, ChargeFactory, GenerationFactory, just_now

pytestmark = pytest.mark.django_db
MINE = "/casts/"


@pytest.fixture
def ada() -> Visitor:
    return visitor(username="ada")


@pytest.fixture
def spell(ada: Visitor) -> Spell:
    return save(own(ada))


def own(one: Visitor) -> User:
    assert one.account
    return one.account


def cast_of(one: Visitor, spell: Spell, **columns: Any) -> Cast:
    return CastFactory(version=spell.versions.get(), account=own(one), **columns)


def listed(one: Visitor, **query: str) -> list[Any]:
    return [row.cast.pk for row in one.client.get(MINE, query).context["rows"]]


def test_signing_in_comes_first_and_leads_back() -> None:
    for path in (MINE, f"{MINE}{uuid4()}/"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.failure("K1")
def test_only_ones_own_casts_are_listed_and_opened(ada: Visitor, spell: Spell) -> None:
    """Guards the account in both queries."""
    mine, bob = cast_of(ada, spell), visitor()
    theirs = cast_of(bob, spell)
    assert listed(ada) == [mine.pk]
    assert ada.client.get(f"{MINE}{theirs.pk}/").status_code == 404
    assert bob.client.get(f"{MINE}{mine.pk}/").status_code == 404
    assert bob.client.get(MINE, {"before": str(mine.pk)}).status_code == 404
    assert LiveLink.objects.count() == 0


def test_a_row_says_how_it_stands_in_colour_icon_and_word(ada: Visitor, spell: Spell) -> None:
    for status in Status:
        cast_of(ada, spell, status=status)
    text = ada.client.get(MINE).content.decode()
    for status in Status:
        assert f'<span class="state is-{status}">' in text
        assert f"icons.svg#{status}" in text
        assert f"</svg>{status.label}</span>" in text


def test_a_stuck_cast_is_said_to_be(ada: Visitor, spell: Spell) -> None:
    cast_of(ada, spell, created_at=just_now() - timedelta(minutes=5))
    assert "</svg>Stuck</span>" in ada.client.get(MINE).content.decode()


def test_a_row_has_its_cost_and_its_first_picture(ada: Visitor, spell: Spell) -> None:
    link = upload(own(ada), picture().chunks())
    outputs = {"words": "none", "image": str(link.pk)}
    cast = cast_of(ada, spell, status=Status.SUCCEEDED, outputs=outputs)
    attempt = GenerationFactory(cast=cast, status=GenerationStatus.SUCCEEDED)
    ChargeFactory(generation=attempt, kind=Charge.Kind.RESERVED, amount=Decimal("0.5"))
    ChargeFactory(generation=attempt, kind=Charge.Kind.SETTLED, amount=Decimal("0.25"))
    text = ada.client.get(MINE).content.decode()
    assert "0.25 USD" in text
    assert f"/files/{link.pk}/thumbnail/256/" in text
    assert 'width="6" height="4"' in text


def test_the_newest_comes_first_and_older_ones_on_further_pages(ada: Visitor, spell: Spell) -> None:
    began = just_now()
    casts = [cast_of(ada, spell, created_at=began - timedelta(seconds=n // 2)) for n in range(50)]
    wanted = [c.pk for c in sorted(casts, key=lambda c: (c.created_at, c.pk), reverse=True)]
    found, query = [], ""
    while True:
        answer = ada.client.get(MINE + query)
        found += [row.cast.pk for row in answer.context["rows"]]
        query = answer.context["older"]
        if not query:
            break
    assert found == wanted
    assert "begin with the newest" in answer.content.decode()


def test_states_and_spells_are_filters_that_stay_on_further_pages(
    ada: Visitor, spell: Spell
) -> None:
    other = save(own(ada), slug="other", name="Other")
    failed = [cast_of(ada, other, status=Status.FAILED).pk for _ in range(26)]
    cast_of(ada, other)
    cast_of(ada, spell, status=Status.FAILED)
    first = ada.client.get(MINE, {"status": "failed", "spell": "other"})
    assert len(first.context["rows"]) == 24
    second = ada.client.get(MINE + first.context["older"])
    shown = [row.cast.pk for page in (first, second) for row in page.context["rows"]]
    assert sorted(shown) == sorted(failed)
    assert '<option value="other" selected>' in second.content.decode()


@pytest.mark.parametrize(
    "query",
    [{"status": "lost"}, {"spell": "unknown"}, {"before": "nonsense"}, {"spell": "a\x00b"}],
)
def test_a_filter_that_cannot_be_is_told(ada: Visitor, spell: Spell, query: dict[str, str]) -> None:
    cast_of(ada, spell)
    answer = ada.client.get(MINE, query)
    assert answer.status_code == 200
    assert "There is no such state or spell" in answer.content.decode()


def test_a_page_before_an_unknown_cast_is_not_there(ada: Visitor) -> None:
    assert ada.client.get(MINE, {"before": str(uuid4())}).status_code == 404


def test_only_spells_that_oneself_has_cast_are_offered(ada: Visitor, spell: Spell) -> None:
    cast_of(ada, spell)
    save(visitor().account or own(ada), slug="secret", name="Secret plan")
    assert "Secret plan" not in ada.client.get(MINE).content.decode()


def test_every_empty_list_names_the_next_step(ada: Visitor, spell: Spell) -> None:
    assert "Pick a spell" in ada.client.get(MINE).content.decode()
    last = cast_of(ada, spell)
    none = ada.client.get(MINE, {"status": "failed"}).content.decode()
    assert "None of your casts is like that." in none
    assert "Show all of them" in none
    end = ada.client.get(MINE, {"before": str(last.pk)}).content.decode()
    assert "There are no older casts." in end


class TestOpening:
    """From the list to a cast's page."""

    def look(self, ada: Visitor, cast: Cast) -> str:
        answer = ada.client.get(f"{MINE}{cast.pk}/")
        assert answer.status_code == 302
        return str(answer["Location"])

    def test_a_link_is_made_once(self, ada: Visitor, spell: Spell) -> None:
        cast = cast_of(ada, spell)
        first = self.look(ada, cast)
        assert first == self.look(ada, cast)
        assert LiveLink.objects.count() == 1
        assert Client().get(first).status_code == 200

    @pytest.mark.parametrize(
        "change",
        [
            {"revoked_at": just_now()},
            {"expires_at": just_now() + timedelta(hours=1)},
            {"strips_metadata": True},
        ],
    )
    def test_a_link_that_does_not_do_is_left_alone(
        self, ada: Visitor, spell: Spell, change: dict[str, Any]
    ) -> None:
        cast = cast_of(ada, spell)
        old = share(cast)
        LiveLink.objects.filter(pk=old.pk).update(**change)
        assert old.token not in self.look(ada, cast)
        assert LiveLink.objects.count() == 2


def test_only_reading_is_possible(ada: Visitor, spell: Spell) -> None:
    cast = cast_of(ada, spell)
    for path in (MINE, f"{MINE}{cast.pk}/"):
        assert ada.client.post(path).status_code == 405


def test_the_queries_do_not_grow_with_the_casts(ada: Visitor, spell: Spell) -> None:
    counts = []
    for _ in range(5):
        link = upload(own(ada), picture().chunks())
        cast_of(ada, spell, status=Status.SUCCEEDED, outputs={"image": str(link.pk)})
        with CaptureQueriesContext(connection) as queries:
            ada.client.get(MINE)
        counts.append(len(queries))
    assert counts[0] == counts[-1] <= 10
