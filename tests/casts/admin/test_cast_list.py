"""The list of casts: what it shows, finds and narrows to, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casts.models import Cast
from casts.states import Status
from generations.states import Status as Attempt
from spellhub import read_only
from tests.factories import FAILURE, CastFactory, GenerationFactory, just_now

LIST = "admin:casts_cast_changelist"


def shown(client: Client, **query: str) -> set[Any]:
    response = client.get(reverse(LIST), query)
    assert response.status_code == 200
    return {cast.pk for cast in response.context["cl"].result_list}


@pytest.fixture
def old() -> Cast:
    """A cast that was never started."""
    return CastFactory(created_at=just_now() - timedelta(hours=1))


def test_a_row_says_the_state_in_colour_icon_and_word_and_why(operator: Client, old: Cast) -> None:
    CastFactory(status=Status.FAILED)
    text = operator.get(reverse(LIST)).content.decode()
    for state, word in (("failed", "Failed"), ("queued", "Queued"), ("stuck", "Stuck")):
        assert f"is-{state}" in text
        assert f"icons.svg#{state}" in text
        assert f"</svg>{word}</span>" in text
    assert "tool_raised" in text
    assert "never_started" in text


def test_stuck_casts_are_found_at_all_and_by_reason(operator: Client, old: Cast) -> None:
    long_ago = just_now() - timedelta(minutes=10)
    abandoned = GenerationFactory(
        status=Attempt.RUNNING, created_at=long_ago, cast__created_at=just_now()
    ).cast
    CastFactory()
    assert shown(operator, stuck="any") == {old.pk, abandoned.pk}
    assert shown(operator, stuck="lease_expired") == {abandoned.pk}


def test_casts_are_narrowed_by_state_spell_and_code(operator: Client) -> None:
    raised = CastFactory(status=Status.FAILED)
    CastFactory(status=Status.FAILED, failure=FAILURE | {"code": "refused"})
    CastFactory()
    assert len(shown(operator, status__exact="failed")) == 2
    assert shown(operator, code="tool_raised") == {raised.pk}
    assert shown(operator, spell=raised.version.spell.slug) == {raised.pk}


def test_casts_are_found_by_account_by_slug_and_by_the_tail_of_an_id(operator: Client) -> None:
    wanted, _ = CastFactory(), CastFactory()
    assert shown(operator, q=wanted.account.username) == {wanted.pk}
    assert shown(operator, q=wanted.version.spell.slug) == {wanted.pk}
    assert shown(operator, q=f"…{wanted.pk.hex[-8:]}") == {wanted.pk}
    assert shown(operator, q="nothing like it") == set()


def test_a_pasted_id_of_a_cast_or_a_generation_leads_to_its_page(operator: Client) -> None:
    row = GenerationFactory()
    page = reverse("admin:casts_cast_change", args=[row.cast_id])
    for identifier in (str(row.cast_id), row.pk.hex):
        response = operator.get(reverse(LIST), {"q": identifier})
        assert (response.status_code, response["Location"]) == (302, page)


def test_the_queries_of_the_list_do_not_grow_with_its_rows(operator: Client) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            GenerationFactory(cast=CastFactory(status=Status.RUNNING))
        with CaptureQueriesContext(connection) as queries:
            operator.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_rows_are_counted_only_so_far(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "COUNT_LIMIT", 2)
    for _ in range(5):
        CastFactory()
    with CaptureQueriesContext(connection) as queries:
        response = operator.get(reverse(LIST))
    assert response.context["cl"].result_count == 3
    counting = [query["sql"] for query in queries if "COUNT(" in query["sql"].upper()]
    assert counting
    assert all("LIMIT 3" in sql for sql in counting)


def test_an_empty_list_names_the_next_step(operator: Client) -> None:
    assert "Nothing was cast yet" in operator.get(reverse(LIST)).content.decode()
    CastFactory()
    text = operator.get(reverse(LIST), {"status__exact": "failed"}).content.decode()
    assert "No cast matches" in text
