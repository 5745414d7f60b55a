"""An operator's verbs: each asks, acts through the engine, and leaves an event with who and why."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from casts import engine
from casts.admin import confirming
from casts.models import Cast
from casts.states import Status
from tests.casts.admin.conftest import SignIn, broken, events_of, messages_of
from tests.casts.engine.conftest import Begin, step
from tests.factories import CastFactory

LIST = "admin:casts_cast_changelist"


def verb_url(cast: Cast, verb: str) -> str:
    return reverse("admin:casts_cast_verb", args=[cast.pk, verb])


def do(client: Client, cast: Cast, verb: str, **fields: str) -> Any:
    response = client.post(verb_url(cast, verb), fields, follow=True)
    cast.refresh_from_db()
    return response


def select(client: Client, action: str, casts: list[Cast], **more: str) -> Any:
    fields = {"action": action, "_selected_action": [str(cast.pk) for cast in casts], **more}
    return client.post(reverse(LIST), fields)


def confirm(client: Client, page: Any, verb: str, **fields: str) -> Any:
    url = reverse("admin:casts_cast_selected", args=[verb])
    return client.post(url, {"selected": page.context["frozen"], **fields}, follow=True)


@pytest.mark.failure("C6")
def test_a_retry_takes_the_cast_on_and_its_event_names_the_operator_and_the_reason(
    operator: Client, begin: Begin
) -> None:
    """Guards the operator's verb ``engine.retry`` behind the page's button."""
    cast = broken(begin)
    response = do(operator, cast, "retry", reason="the provider said fixed")
    assert cast.status == Status.RUNNING
    [(_, actor, data)] = events_of(cast, ["cast_retried"])
    assert (actor, data["reason"], data["again"]) == (
        "user:ada",
        "the provider said fixed",
        ["bad"],
    )
    assert "retried" in messages_of(response)
    assert "the provider said fixed" in LogEntry.objects.get().change_message


def test_a_retry_may_start_from_a_step(operator: Client, begin: Begin) -> None:
    cast = broken(begin)
    do(operator, cast, "retry", from_step="good")
    [(_, _, data)] = events_of(cast, ["cast_retried"])
    assert (data["from_step"], data["again"]) == ("good", ["good", "bad"])


def test_a_retry_from_a_step_that_is_not_there_asks_again(operator: Client, begin: Begin) -> None:
    cast = broken(begin)
    response = do(operator, cast, "retry", from_step="nowhere")
    assert cast.status == Status.FAILED
    assert "from_step" in response.context["form"].errors


def test_failing_needs_a_reason(operator: Client, begin: Begin) -> None:
    cast = begin(step("only"))
    response = do(operator, cast, "fail", reason="  ")
    assert cast.status == Status.QUEUED
    assert "reason" in response.context["form"].errors
    do(operator, cast, "fail", reason="asked for by mistake")
    assert cast.status == Status.FAILED
    assert cast.failure is not None
    assert cast.failure["message"] == "asked for by mistake"
    assert events_of(cast, ["cast_failed"])[0][1] == "user:ada"


def test_a_cast_is_cancelled(operator: Client, begin: Begin) -> None:
    cast = begin(step("only"))
    do(operator, cast, "cancel")
    assert cast.status == Status.CANCELLED
    assert events_of(cast, ["cast_cancelled"])[0][1] == "user:ada"


@pytest.mark.parametrize("verb", ["retry", "fail", "cancel"])
def test_asking_changes_nothing(operator: Client, begin: Begin, verb: str) -> None:
    cast = broken(begin) if verb == "retry" else begin(step("only"))
    before = (cast.status, cast.seq)
    response = operator.get(verb_url(cast, verb))
    cast.refresh_from_db()
    assert response.status_code == 200
    assert (cast.status, cast.seq) == before


def test_what_is_not_legal_is_refused_with_the_present_state(
    operator: Client, begin: Begin
) -> None:
    cast = begin(step("only"))
    engine.run(cast.pk)
    response = do(operator, cast, "retry")
    assert "A cast that is succeeded cannot be retried" in messages_of(response)
    assert cast.status == Status.SUCCEEDED


@pytest.mark.parametrize("verb", ["retry", "fail", "cancel"])
def test_each_verb_needs_its_own_permission(sign_in: SignIn, begin: Begin, verb: str) -> None:
    cast = broken(begin) if verb == "retry" else begin(step("only"))
    others = {"retry", "fail", "cancel"} - {verb}
    refused = sign_in("view_cast", *(f"{other}_cast" for other in others), name="without")
    assert refused.get(verb_url(cast, verb)).status_code == 403
    assert refused.post(verb_url(cast, verb), {"reason": "no"}).status_code == 403
    selected = reverse("admin:casts_cast_selected", args=[verb])
    assert refused.post(selected, {"selected": confirming.freeze([cast.pk])}).status_code == 403
    seq = cast.seq
    cast.refresh_from_db()
    assert cast.seq == seq
    do(sign_in("view_cast", f"{verb}_cast", name="with"), cast, verb, reason="yes")
    assert cast.seq > seq


def test_a_button_that_is_not_to_be_had_is_disabled_and_says_why(
    sign_in: SignIn, begin: Begin
) -> None:
    cast = broken(begin)
    page = reverse("admin:casts_cast_change", args=[cast.pk])
    text = sign_in("view_cast").get(page).content.decode()
    assert "You do not have the permission “Can retry a cast”." in text
    assert verb_url(cast, "retry") not in text
    permitted = sign_in("view_cast", "retry_cast", "fail_cast", name="with").get(page)
    assert verb_url(cast, "retry") in permitted.content.decode()
    assert "Only a queued or running cast can be failed." in permitted.content.decode()


@pytest.mark.failure("K2")
def test_a_verb_needs_the_csrf_token(operator: Client, begin: Begin) -> None:
    """Guards who acts: a page of somebody else cannot act in an operator's name."""
    cast = broken(begin)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = operator.cookies
    assert strict.post(verb_url(cast, "retry")).status_code == 403
    cast.refresh_from_db()
    assert cast.status == Status.FAILED


def test_a_selection_is_acted_on_one_by_one_and_each_outcome_is_told(
    operator: Client, begin: Begin
) -> None:
    first, second = broken(begin), broken(begin, slug="other")
    queued = begin(step("only"), slug="third")
    page = select(operator, "retry_selected", [first, second, queued])
    assert (page.context["legal"], page.context["refused"]) == (2, 1)
    response = confirm(operator, page, "retry", reason="all at once")
    told = messages_of(response)
    assert "2 casts retried." in told
    assert "1 refused: A cast that is queued cannot be retried. (1)" in told
    for cast in (first, second):
        cast.refresh_from_db()
        assert cast.status == Status.RUNNING
        assert events_of(cast, ["cast_retried"])[0][1] == "user:ada"


def test_failing_a_selection_needs_a_reason_and_keeps_the_selection(
    operator: Client, begin: Begin
) -> None:
    casts = [begin(step("only"), slug=f"spell-{n}") for n in range(2)]
    page = confirm(operator, select(operator, "fail_selected", casts), "fail")
    assert "reason" in page.context["form"].errors
    confirm(operator, page, "fail", reason="wrong prices")
    statuses = set(Cast.objects.values_list("status", flat=True))
    assert statuses == {Status.FAILED}


def test_what_is_confirmed_is_what_was_selected(operator: Client, begin: Begin) -> None:
    """Selecting across pages would otherwise take in what came since."""
    selected = broken(begin)
    page = select(operator, "retry_selected", [selected], select_across="1")
    later = broken(begin, slug="later")
    confirm(operator, page, "retry")
    later.refresh_from_db()
    assert later.status == Status.FAILED


@pytest.mark.parametrize("spoil", [lambda text: text[:-1], lambda _: "", lambda text: f"x{text}"])
def test_a_selection_that_was_tampered_with_is_refused(
    operator: Client, begin: Begin, spoil: Callable[[str], str]
) -> None:
    cast = broken(begin)
    url = reverse("admin:casts_cast_selected", args=["retry"])
    frozen = confirming.freeze([cast.pk])
    response = operator.post(url, {"selected": spoil(frozen)}, follow=True)
    assert "Select the casts again" in messages_of(response)
    cast.refresh_from_db()
    assert cast.status == Status.FAILED


def test_too_many_at_once_are_refused_before_anything_is_done(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casts.admin.acting.MAX_SELECTED", 2)
    casts = [CastFactory(status=Status.FAILED) for _ in range(3)]
    select(operator, "retry_selected", casts)
    response = operator.get(reverse(LIST))
    assert "At most 2 casts at once" in messages_of(response)
    assert set(Cast.objects.values_list("status", flat=True)) == {Status.FAILED}


def test_an_action_is_offered_only_to_who_may_do_it(sign_in: SignIn, begin: Begin) -> None:
    cast = broken(begin)
    client = sign_in("view_cast", "fail_cast")
    text = client.get(reverse(LIST)).content.decode()
    assert "fail_selected" in text
    assert "retry_selected" not in text
    select(client, "retry_selected", [cast])
    cast.refresh_from_db()
    assert cast.status == Status.FAILED


def test_a_cast_is_shared_by_a_link_that_opens(operator: Client, begin: Begin) -> None:
    cast = broken(begin)
    operator.post(reverse("admin:casts_cast_share", args=[cast.pk]))
    link = cast.live_links.get()
    assert Client().get(reverse("live", args=[link.token])).status_code == 200
    assert not link.strips_metadata


def test_a_cast_is_shared_without_metadata_when_that_is_ticked(
    operator: Client, begin: Begin
) -> None:
    cast = broken(begin)
    page = operator.get(reverse("admin:casts_cast_change", args=[cast.pk]))
    assert 'name="strip_metadata"' in page.content.decode()
    share = reverse("admin:casts_cast_share", args=[cast.pk])
    operator.post(share, {"strip_metadata": "1"})
    assert cast.live_links.get().strips_metadata


def test_sharing_needs_its_permission(sign_in: SignIn, begin: Begin) -> None:
    cast = broken(begin)
    share = reverse("admin:casts_cast_share", args=[cast.pk])
    assert sign_in("view_cast").post(share).status_code == 403
    assert not cast.live_links.exists()
