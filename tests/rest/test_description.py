"""The description (OpenAPI) and the server say the same."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from casts import engine
from tests.clients import ROOT, Api
from tests.factories import GenerationFactory, one_step
from tests.rest.described import Description, routes

ANYBODY_S = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def description() -> Description:
    return Description()


@pytest.mark.failure("L1")
def test_every_route_is_described_and_nothing_else(description: Description) -> None:
    """Guard: the description is generated from the routes."""
    assert description.operations() == routes()


def test_the_description_is_openapi_3_1_and_generated_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())
    assert Description().document["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    ("accepted", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("application/yaml", "application/yaml"),
    ],
)
def test_it_is_served_to_anybody_as_they_like_it(accepted: str, media_type: str) -> None:
    answer = Client().get(f"{ROOT}schema/", headers={"Accept": accepted})
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, media_type)


def test_the_page_to_read_it_needs_no_script_or_style_of_its_own() -> None:
    """Else the strict Content-Security-Policy would leave it empty."""
    answer = Client().get(f"{ROOT}docs/")
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) == 5
    for source in sources:
        assert source.startswith("/")
        assert Client().get(source.replace("&amp;", "&")).status_code == 200, source


def test_who_needs_a_key_is_told(description: Description) -> None:
    document = description.document
    scheme = document["components"]["securitySchemes"]["apiKey"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for item in document["paths"].values():
        assert all(operation["security"] == [{"apiKey": []}] for operation in item.values())


@pytest.mark.django_db
@pytest.mark.failure("L1")
def test_live_answers_are_as_described(description: Description) -> None:
    """Guard: readings are typed models, and the description is made of the same models."""
    for answer in every_kind_of_answer(Api()):
        description.check(answer)


def every_kind_of_answer(api: Api) -> list[Any]:
    api.save_spell("poem", visibility="public")
    done, open_ = api.cast("poem", metadata={"order": 7}), api.cast("poem")
    engine.run(done["id"])
    failed = GenerationFactory(
        status="failed", cast__status="failed", cast__account=api.account
    ).cast
    link = api.post(f"casts/{done['id']}/links/", {"days": 3})
    uploaded = api.upload("note.txt", b"some text")
    file = uploaded.json()["id"]
    generation = api.get("generations/").json()["results"][0]["id"]
    answers = [
        link,
        uploaded,
        api.post("spells/", one_step("another")),
        api.patch("spells/poem/", {"description": "Changed."}),
        api.post("spells/validate/", one_step("x")),
        api.post("spells/validate/", {}),
        api.post("casts/", {"spell": "poem"}, Idempotency_Key="k"),
        api.post("casts/", {"spell": "poem"}, Idempotency_Key="k"),
        api.post("tools/text.template/run/", {"inputs": {"template": "x"}}),
        api.post(f"casts/{failed.id}/retry/", {"reason": "again"}),
        api.post(f"casts/{open_['id']}/look/"),
        api.post(f"casts/{open_['id']}/cancel/"),
        api.post(f"casts/{open_['id']}/fail/", {"reason": "x"}),
        api.post("casts/", {"spell": "poem", "inputs": {"more": 1}}),
        api.post("casts/", {}),
        api.post("spells/", one_step("poem")),
        api.send("POST", "casts/", b"{"),
        api.delete(f"links/{link.json()['id']}/"),
        api.get("casts/", {"page_size": "1"}),
        api.get("casts/", {"nonsense": "1"}),
        Client().get(f"{ROOT}casts/"),
        api.get("casts/", {"account": "nobody"}),
    ]
    paths = ["tools/", "tools/text.template/", "spells/", "spells/poem/", "spells/poem/versions/"]
    paths += ["casts/", "generations/", f"generations/{generation}/", f"artifacts/{file}/"]
    for cast in (done["id"], open_["id"], str(failed.id), ANYBODY_S):
        paths += [f"casts/{cast}/", f"casts/{cast}/events/", f"casts/{cast}/links/"]
    return answers + [api.get(path) for path in paths]


def test_the_bodies_of_the_examples_are_as_described(description: Description) -> None:
    description.check_body("POST", "casts/", {"spell": "poem", "inputs": {"title": "x"}})
    description.check_body("POST", "spells/", one_step("poem"))
    description.check_body("POST", f"casts/{ANYBODY_S}/retry/", {"reason": "again"})
