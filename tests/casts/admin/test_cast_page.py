"""A cast's page: its steps, failure, files and events, for staff and nobody else."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casts import engine
from casts.models import Cast
from casts.states import Status
from generations.adapters.base import Call
from generations.models import ArtifactLink
from generations.states import Status as Attempt
from generations.uploads import upload
from spellhub.identifiers import uuid7
from tests.casts.admin.conftest import SignIn, broken
from tests.casts.engine.conftest import Begin, step
from tests.factories import CastFactory, GenerationFactory, just_now
from tests.pictures import opened, plain
from tests.tools import TrialAdapter

PNG = plain()


def page_of(cast: Cast) -> str:
    return reverse("admin:casts_cast_change", args=[cast.pk])


def text_of(client: Client, cast: Cast) -> str:
    response = client.get(page_of(cast))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def drawn(begin: Begin, trial: TrialAdapter) -> tuple[Cast, ArtifactLink]:
    """A cast that made a picture."""

    def draw(call: Call) -> Mapping[str, Any]:
        return {"value": call.keep([PNG], media_type="image/png", name="dot.png").id}

    trial.behave = draw
    cast = begin(step("draw", tool="custom"), outputs={"image": "${{ steps.draw.value }}"})
    engine.run(cast.pk)
    cast.refresh_from_db()
    return cast, ArtifactLink.objects.get(generation__cast=cast)


@pytest.mark.failure("C13")
@pytest.mark.failure("C10")
def test_a_failure_is_shown_with_its_meaning_its_next_action_and_its_trace(
    operator: Client, begin: Begin
) -> None:
    """Guards that the stored failure reaches the page whole: code, message, trace."""
    text = text_of(operator, broken(begin))
    assert "tool_error" in text
    assert "The tool reported an error." in text
    assert "Read the message; retry the step if it looks passing." in text
    assert "it never works" in text
    assert "TrialError" in text
    assert "step_failed" not in text
    assert "bad failed: tool_error" in text


def test_every_step_is_listed_also_those_that_never_began(operator: Client, begin: Begin) -> None:
    cast = begin(step("bad", tool="broken"), step("after", value="${{ steps.bad.value }}"))
    engine.run(cast.pk)
    text = text_of(operator, cast)
    assert "Not started" in text
    assert re.search(r"after\s*<code>trial.echo</code>", text)


def test_a_stuck_cast_says_why_and_what_happens_next(operator: Client) -> None:
    long_ago = just_now() - timedelta(minutes=10)
    row = GenerationFactory(status=Attempt.RUNNING, created_at=long_ago, cast__created_at=long_ago)
    text = text_of(operator, row.cast)
    assert "lease_expired" in text
    assert "has not been heard from since" in text


def test_a_picture_is_shown_in_a_fixed_box_and_served_to_staff(
    operator: Client, drawn: tuple[Cast, ArtifactLink]
) -> None:
    cast, link = drawn
    url = reverse("admin:casts_cast_file", args=[cast.pk, link.pk])
    small = reverse("admin:casts_cast_thumbnail", args=[cast.pk, link.pk, 640])
    text = text_of(operator, cast)
    assert re.search(rf'<img src="{small}"[^>]* width="6" height="4" loading="lazy"', text)
    assert f'<a class="picture" href="{url}">' in text
    assert opened(operator.get(small).content).size == (6, 4)
    response = operator.get(url)
    assert (response.content, response["Content-Type"]) == (PNG, "image/png")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.failure("K1")
def test_a_file_is_served_only_through_the_cast_it_belongs_to(
    operator: Client, drawn: tuple[Cast, ArtifactLink], account: User
) -> None:
    """Guards the way to a file: through a link of that cast, never by its id alone."""
    cast, link = drawn
    other = CastFactory()
    stray = upload(account, [PNG + b" "])
    for owner, file in ((other, link), (cast, stray)):
        for name, more in (("file", []), ("thumbnail", [256]), ("export", [])):
            url = reverse(f"admin:casts_cast_{name}", args=[owner.pk, file.pk, *more])
            assert operator.get(url).status_code == 404


def test_an_operator_may_take_a_copy_that_says_where_it_came_from(
    operator: Client, drawn: tuple[Cast, ArtifactLink]
) -> None:
    cast, link = drawn
    url = reverse("admin:casts_cast_export", args=[cast.pk, link.pk])
    assert f'href="{url}"' in text_of(operator, cast)
    assert opened(operator.get(url).content).info["spellhub:step"] == "draw"
    brought = upload(cast.account, [PNG + b" "])
    Cast.objects.filter(pk=cast.pk).update(inputs={"image": str(brought.pk)})
    nothing = reverse("admin:casts_cast_export", args=[cast.pk, brought.pk])
    assert operator.get(nothing).status_code == 404
    assert nothing not in text_of(operator, cast)


def test_an_input_file_is_served_too(operator: Client, account: User) -> None:
    brought = upload(account, [PNG])
    cast = CastFactory(account=account, inputs={"images": [str(brought.pk)]})
    url = reverse("admin:casts_cast_file", args=[cast.pk, brought.pk])
    assert operator.get(url).content == PNG


def test_nobody_but_permitted_staff_sees_casts_or_their_files(
    sign_in: SignIn, drawn: tuple[Cast, ArtifactLink]
) -> None:
    cast, link = drawn
    urls = [page_of(cast)]
    for name, more in (("file", []), ("thumbnail", [256]), ("export", [])):
        urls.append(reverse(f"admin:casts_cast_{name}", args=[cast.pk, link.pk, *more]))
    for url in urls:
        assert Client().get(url).status_code == 302
    staff = sign_in("view_spell")
    for url in urls:
        assert staff.get(url).status_code == 403


def test_an_unknown_cast_is_not_found(operator: Client) -> None:
    assert operator.get(reverse("admin:casts_cast_change", args=[uuid7()])).status_code == 404
    assert operator.get(reverse("admin:casts_cast_change", args=["nonsense"])).status_code == 404


def test_nobody_deletes_or_edits_a_cast(operator: Client) -> None:
    cast = CastFactory()
    delete = reverse("admin:casts_cast_delete", args=[cast.pk])
    assert operator.post(delete, {"post": "yes"}).status_code == 403
    assert operator.get(reverse("admin:casts_cast_add")).status_code == 403
    operator.post(page_of(cast), {"status": Status.SUCCEEDED})
    cast.refresh_from_db()
    assert cast.status == Status.QUEUED


@pytest.mark.failure("K5")
def test_markup_in_names_and_outputs_is_shown_and_never_run(operator: Client, begin: Begin) -> None:
    """Guards the escaping of whatever users bring to the page."""
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    cast = begin(
        step("only", value="${{ inputs.title }}"),
        inputs={"title": attack},
        properties={"title": {"type": "string"}},
        outputs={"title": "${{ inputs.title }}"},
        description=attack,
    )
    engine.run(cast.pk)
    text = text_of(operator, cast)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_the_pages_carry_nothing_inline_that_the_policy_would_block(
    operator: Client, begin: Begin
) -> None:
    cast = broken(begin)
    pages = [
        page_of(cast),
        reverse("admin:casts_cast_changelist"),
        reverse("admin:casts_cast_verb", args=[cast.pk, "retry"]),
        reverse("admin:casts_spell_add"),
        reverse("admin:index"),
    ]
    for page in pages:
        response = operator.get(page)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
        text = response.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", text), page


def test_the_queries_of_a_page_do_not_grow_with_its_steps(operator: Client, begin: Begin) -> None:
    small = begin(step("s0"))
    large = begin(*(step(f"s{n}") for n in range(12)), slug="large")
    counts = []
    for cast in (small, large):
        engine.run(cast.pk)
        with CaptureQueriesContext(connection) as queries:
            text_of(operator, cast)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
