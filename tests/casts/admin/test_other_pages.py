"""The queue's own tables, live links, attempts and files: looked at, or revoked."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django_q.models import Failure, OrmQ, Schedule, Success

from casts.hints import hint
from casts.live_links import share
from casts.models import Cast, LiveLink, Spell
from generations.models import Artifact, ArtifactLink, Charge, Generation, OrphanResult
from spellhub.accounts.models import ApiKey, Budget
from spellhub.events.models import Event
from tests.casts.admin.conftest import SignIn, broken, messages_of
from tests.casts.engine.conftest import Begin
from tests.factories import CastFactory, ChargeFactory, just_now

READ_ONLY = (
    Artifact, ArtifactLink, Cast, Charge, Event, Failure, Generation, OrphanResult, OrmQ,
    Schedule, Success,
)  # fmt: skip


def url_of(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", READ_ONLY)
def test_rows_that_are_only_looked_at_are_listed_and_never_added(
    operator: Client, model: type[Model]
) -> None:
    assert operator.get(url_of(model, "changelist")).status_code == 200
    assert operator.get(url_of(model, "changelist"), {"q": "x"}).status_code == 200
    assert operator.get(url_of(model, "add")).status_code == 403


def test_nothing_in_the_admin_is_deleted(rf: Any, operator: Client) -> None:
    request = rf.get("/")
    request.user = None
    for model in (*READ_ONLY, ApiKey, Budget, LiveLink, Spell):
        page = admin.site._registry[model]
        assert not page.has_delete_permission(request)


def test_a_queue_message_is_shown_and_cannot_be_changed(operator: Client) -> None:
    cast = CastFactory()
    hint(cast.pk)
    message = OrmQ.objects.get()
    page = url_of(OrmQ, "change", message.pk)
    assert str(cast.pk) in operator.get(page).content.decode()
    assert operator.post(page, {"key": "elsewhere"}).status_code == 403


@pytest.mark.failure("C13")
def test_an_attempt_is_shown_with_its_failure_and_trace(operator: Client, begin: Begin) -> None:
    """Guards that the stored failure of an attempt reaches its page."""
    row = broken(begin).generations.get(step="bad")
    text = operator.get(url_of(Generation, "change", row.pk)).content.decode()
    assert "it never works" in text
    assert "TrialError" in text
    assert "The tool reported an error." in text


def test_attempts_and_charges_are_found_by_the_id_of_their_cast(operator: Client) -> None:
    charge, _ = ChargeFactory(), ChargeFactory()
    for model in (Generation, Charge):
        page = operator.get(url_of(model, "changelist"), {"q": str(charge.generation.cast_id)})
        assert len(page.context["cl"].result_list) == 1


def test_live_links_tell_which_of_them_strip_metadata(operator: Client) -> None:
    share(CastFactory(), strips_metadata=True)
    share(CastFactory())
    text = operator.get(url_of(LiveLink, "changelist")).content.decode()
    assert [text.count(f">{way}<") for way in ("without metadata", "as they are")] == [1, 1]


def revoke(client: Client, links: list[LiveLink], **more: str) -> Any:
    fields = {"action": "revoke", "_selected_action": [str(link.pk) for link in links], **more}
    return client.post(url_of(LiveLink, "changelist"), fields, follow=True)


@pytest.mark.failure("K1")
def test_a_revoked_link_lets_nobody_in(operator: Client) -> None:
    """Guards ``revoked_at``: the page of a revoked link is gone."""
    link = share(CastFactory())
    page = reverse("live", args=[link.token])
    asked = revoke(operator, [link])
    assert "It cannot be undone" in asked.content.decode()
    assert Client().get(page).status_code == 200
    assert "1 revoked" in messages_of(revoke(operator, [link], confirmed="1"))
    assert Client().get(page).status_code == 410


def test_revoking_again_changes_nothing(operator: Client) -> None:
    link = share(CastFactory())
    at = just_now() - timedelta(hours=1)
    LiveLink.objects.update(revoked_at=at)
    response = revoke(operator, [link], confirmed="1")
    link.refresh_from_db()
    assert link.revoked_at == at
    assert "nothing was revoked" in messages_of(response)


def test_revoking_needs_the_permission(sign_in: SignIn) -> None:
    link = share(CastFactory())
    revoke(sign_in("view_livelink", name="reader"), [link], confirmed="1")
    link.refresh_from_db()
    assert link.revoked_at is None
    revoke(sign_in("view_livelink", "change_livelink"), [link], confirmed="1")
    link.refresh_from_db()
    assert link.revoked_at is not None
