"""The live page: one cast for whoever has its link, and nothing else for anybody."""

import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from casts import engine
from casts.live_links import address_of, path_of, share
from casts.models import Cast, LiveLink
from casts.states import Status
from generations.adapters.base import Call
from generations.models import Artifact, ArtifactLink
from generations.uploads import upload
from tests.casts.engine.conftest import Begin, step
from tests.factories import CastFactory, just_now
from tests.tools import TrialAdapter

REFRESH = '<meta http-equiv="refresh"'


def picture(colour: str = "navy") -> bytes:
    out = BytesIO()
    Image.new("RGB", (6, 4), colour).save(out, "PNG")
    return out.getvalue()


def look(cast: Cast) -> Any:
    return Client().get(path_of(share(cast)))


def file_of(link: LiveLink, file: ArtifactLink) -> str:
    return reverse("live-file", args=[link.token, file.pk])


@pytest.fixture
def drawn(begin: Begin, trial: TrialAdapter) -> Cast:
    """A cast that made a picture of the one it was given."""

    def draw(call: Call) -> Mapping[str, Any]:
        return {"value": call.keep([picture()], media_type="image/png", name="dot.png").id}

    trial.behave = draw
    cast = begin(step("draw", tool="custom"), outputs={"image": "${{ steps.draw.value }}"})
    engine.run(cast.pk)
    cast.refresh_from_db()
    return cast


def test_a_live_cast_refreshes_its_page_until_it_has_ended(begin: Begin) -> None:
    cast = begin(step("one"), step("two", value="${{ steps.one.value }}"))
    text = look(cast).content.decode()
    assert REFRESH in text
    assert "<title>○ Queued · Trial</title>" in text
    engine.run(cast.pk)
    text = look(cast).content.decode()
    assert REFRESH not in text
    assert "<title>✔ Succeeded · Trial</title>" in text


def test_every_step_has_an_icon_and_a_word(begin: Begin) -> None:
    cast = begin(step("bad", tool="broken"), step("after", value="${{ steps.bad.value }}"))
    engine.run(cast.pk)
    text = look(cast).content.decode()
    assert re.search(r"icons\.svg#failed.*?<b>bad</b><span class=\"word\">Failed", text, re.DOTALL)
    assert re.search(r"icons\.svg#not_started.*?<b>after</b>", text, re.DOTALL)


@pytest.mark.failure("C10")
def test_a_failure_is_told_with_its_meaning_and_what_is_next(begin: Begin) -> None:
    """Guards that failure is an event like success: whoever watches learns of it, and why."""
    cast = begin(step("bad", tool="broken"))
    engine.run(cast.pk)
    text = look(cast).content.decode()
    assert "Step 1 “bad” failed" in text
    assert "The tool reported an error." in text
    assert "Next: Read the message" in text
    assert "Traceback" not in text


def test_a_picture_stands_in_a_box_of_fixed_size(drawn: Cast) -> None:
    text = look(drawn).content.decode()
    [file] = ArtifactLink.objects.all()
    link = drawn.live_links.latest("id")
    small = reverse("live-thumbnail", args=[link.token, file.pk, 640])
    assert (
        len(re.findall(rf'<img src="{small}"[^>]* width="6" height="4" loading="lazy"', text)) == 2
    )
    assert text.count(f'<a class="picture" href="{file_of(link, file)}">') == 2


def test_its_files_are_served_without_being_able_to_act(drawn: Cast) -> None:
    link = share(drawn)
    [file] = ArtifactLink.objects.all()
    response = Client().get(file_of(link, file))
    assert response.content == picture()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    again = Client().get(file_of(link, file), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.failure("K1")
def test_a_link_opens_the_files_of_its_own_cast_only(drawn: Cast, account: User) -> None:
    """Guards the filter on the link's cast: not another's, not an upload of the same account."""
    [file] = ArtifactLink.objects.all()
    other = share(CastFactory(account=account))
    assert Client().get(file_of(other, file)).status_code == 404
    brought = upload(account, [picture("red")])
    mine = CastFactory(account=account, inputs={"image": str(brought.pk)})
    assert Client().get(file_of(share(mine), brought)).status_code == 404


@pytest.mark.failure("K1")
@pytest.mark.parametrize("change", [{"revoked_at": just_now()}, {"expires_at": just_now()}])
def test_a_link_that_is_over_lets_nobody_in(drawn: Cast, change: Mapping[str, Any]) -> None:
    """Guards ``LiveLink.is_open`` on the page and on its files."""
    link = share(drawn)
    [file] = ArtifactLink.objects.all()
    LiveLink.objects.filter(pk=link.pk).update(**change)
    for url in (path_of(link), file_of(link, file)):
        response = Client().get(url)
        assert response.status_code == 410
        assert "Trial" not in response.content.decode()


def test_an_unknown_link_and_one_that_is_over_say_the_same(drawn: Cast) -> None:
    over = share(drawn, lifetime=timedelta(seconds=-1))
    gone, unknown = Client().get(path_of(over)), Client().get("/live/never-was/")
    assert (gone.status_code, unknown.status_code) == (410, 404)
    assert gone.content == unknown.content


def test_two_links_of_one_cast_share_nothing_that_can_be_guessed(drawn: Cast) -> None:
    one, two = share(drawn), share(drawn)
    assert one.token != two.token
    assert min(len(one.token), len(two.token)) >= 43
    assert address_of(one).endswith(path_of(one))


@pytest.mark.parametrize("url", ["page", "file"])
def test_the_address_stays_out_of_search_engines_and_of_other_logs(drawn: Cast, url: str) -> None:
    link = share(drawn)
    [file] = ArtifactLink.objects.all()
    response = Client().get(path_of(link) if url == "page" else file_of(link, file))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]


def test_inputs_reasons_and_names_of_people_are_not_shown(begin: Begin) -> None:
    cast = begin(
        step("one", value="made"),
        inputs={"title": "a secret wish"},
        properties={"title": {"type": "string"}},
    )
    engine.cancel(cast.pk, actor="user:ada", reason="a private reason")
    text = look(cast).content.decode()
    assert "Cancelled" in text
    for hidden in ("a secret wish", "a private reason", "ada", "key:test", str(cast.pk)):
        assert hidden not in text


@pytest.mark.failure("K5")
def test_markup_in_names_and_outputs_is_shown_and_never_run(begin: Begin) -> None:
    """Guards the escaping of whatever users bring to the page."""
    attack = "<script>alert(1)</script>"
    cast = begin(step("one", value=attack), outputs={"text": "${{ steps.one.value }}"})
    cast.version.spell.name = cast.version.spell.description = attack
    cast.version.spell.save()
    engine.run(cast.pk)
    text = look(cast).content.decode()
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_page_carries_nothing_inline_that_the_policy_would_block(begin: Begin) -> None:
    response = look(begin(step("one")))
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script", response.content.decode())


def test_the_queries_of_the_page_do_not_grow_with_its_steps(begin: Begin) -> None:
    counts = []
    for steps in (1, 12):
        cast = begin(*(step(f"s{n}") for n in range(steps)), slug=f"of-{steps}")
        engine.run(cast.pk)
        path = path_of(share(cast))
        with CaptureQueriesContext(connection) as queries:
            Client().get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_only_reading_is_possible(drawn: Cast) -> None:
    path = path_of(share(drawn))
    assert Client().post(path).status_code == 405
    assert Client().head(path).status_code == 200
    drawn.refresh_from_db()
    assert drawn.status == Status.SUCCEEDED


def test_missing_bytes_are_not_found(drawn: Cast) -> None:
    [file] = ArtifactLink.objects.all()
    Artifact.objects.update(file="00/gone.png")
    assert Client().get(file_of(share(drawn), file)).status_code == 404
