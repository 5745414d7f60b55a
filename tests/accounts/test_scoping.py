"""Nobody sees or touches what belongs to somebody else, over any route."""

import io
import json
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from casts.models import Cast, LiveLink, Spell
from generations.models import ArtifactLink, Generation
from spellhub.accounts.models import IdempotencyKey
from spellhub.events.models import Event
from tests.clients import Api
from tests.factories import GenerationFactory, UserFactory, one_step
from tests.rest.described import routes

pytestmark = pytest.mark.django_db

# What a request to each route sends that would be right for the owner.
BODIES: dict[str, Any] = {
    "casts/": {"spell": "adas"},
    "casts/{cast_id}/retry/": {"reason": "why not"},
    "casts/{cast_id}/fail/": {"reason": "why not"},
    "spells/": one_step("bobs"),
    "spells/validate/": one_step("bobs"),
    "spells/{slug}/": {"description": "Bob was here."},
    "tools/{key}/run/": {"inputs": {"template": "x"}},
}
# Routes where there is nothing of anybody: a stranger gets what everybody gets.
OPEN_TO_ALL = {
    ("GET", "tools/"),
    ("GET", "tools/{key}/"),
    ("POST", "tools/{key}/run/"),
    ("POST", "spells/"),
    ("POST", "spells/validate/"),
    ("POST", "artifacts/"),
}
LISTS = {("GET", "casts/"), ("GET", "generations/"), ("GET", "spells/")}


def adas_things() -> tuple[Api, dict[str, str]]:
    ada = Api(UserFactory(username="ada"))
    ada.save_spell("adas", description="A secret of Ada's.")
    cast = Cast.objects.get(pk=ada.cast("adas", metadata={"secret": "of Ada's"})["id"])
    generation = GenerationFactory(cast=cast)
    ada.post(f"casts/{cast.id}/links/")
    file = ada.upload("secret.png", _picture("of Ada's")).json()["id"]
    return ada, {
        "cast_id": str(cast.id),
        "generation_id": str(generation.id),
        "link_id": str(LiveLink.objects.get().id),
        "file_id": file,
        "size": "256",
        "slug": "adas",
        "key": "text.template",
    }


def _picture(text: str) -> bytes:
    """A picture with a text inside."""
    file, texts = io.BytesIO(), PngInfo()
    texts.add_text("Comment", text)
    Image.new("RGB", (8, 8), "teal").save(file, "PNG", pnginfo=texts)
    return file.getvalue()


def path_of(route: str, things: dict[str, str]) -> str:
    path = route.removeprefix("/internal/v1/")
    if path.startswith("artifacts/"):
        path = path.replace("link_id", "file_id")
    return path.format(**things)


def send(
    api: Api, method: str, route: str, things: dict[str, str], *, account: str | None = None
) -> Any:
    path = path_of(route, things) + (f"?account={account}" if account else "")
    short = route.removeprefix("/internal/v1/")
    if short == "artifacts/" and method == "POST":
        return api.upload("mine.txt", b"mine", path=path)
    if method in ("POST", "PATCH"):
        return api.send(method, path, json.dumps(BODIES.get(short, {})).encode())
    return api.send(method, path, b"")


def everything() -> list[Any]:
    models = (Cast, Generation, Spell, LiveLink, ArtifactLink, Event)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.failure("K1")
@pytest.mark.parametrize(("method", "route"), sorted(routes()))
def test_a_stranger_finds_nothing_and_changes_nothing(method: str, route: str) -> None:
    """Guard: every queryset starts from the account of the key (spellhub.accounts.scoping)."""
    _, things = adas_things()
    bob = Api(UserFactory(username="bob"))
    short = route.removeprefix("/internal/v1/")
    before = everything()
    answer = send(bob, method, route, things)
    assert b"of Ada's" not in answer.content
    if (method, short) in LISTS:
        assert answer.json()["results"] == []
    elif (method, short) in OPEN_TO_ALL:
        assert answer.status_code < 300, answer.content
        return
    else:
        assert answer.status_code == 404, answer.content
    assert everything() == before


@pytest.mark.failure("K1")
@pytest.mark.parametrize(("method", "route"), sorted(routes()))
def test_the_owner_finds_it_over_every_route(method: str, route: str) -> None:
    """The same requests as the stranger's: what refuses him is whose it is, and nothing else."""
    ada, things = adas_things()
    answer = send(ada, method, route, things)
    legal = {200, 201, 202, 204}
    if route.endswith(("/retry/", "/export/")):
        # The cast has not failed, and nothing is known of how an upload was made.
        legal = {409}
    assert answer.status_code in legal, answer.content


@pytest.mark.failure("K1")
@pytest.mark.parametrize(("method", "route"), sorted(routes()))
def test_a_service_key_acts_for_whom_it_names_and_for_no_other(method: str, route: str) -> None:
    _, things = adas_things()
    UserFactory(username="bob")
    service = Api(UserFactory(username="front"), is_service=True)
    short = route.removeprefix("/internal/v1/")
    if (method, short) in OPEN_TO_ALL:
        return
    for account in (None, "bob"):
        answer = send(service, method, route, things, account=account)
        assert answer.status_code == (200 if (method, short) in LISTS else 404)
        assert b"of Ada's" not in answer.content
    answer = send(service, method, route, things, account="ada")
    assert answer.status_code in {200, 201, 202, 204, 409}, answer.content
    if (method, short) in LISTS:
        assert len(answer.json()["results"]) == 1


@pytest.mark.failure("K2")
@pytest.mark.parametrize(("method", "route"), sorted(routes()))
def test_an_ordinary_key_acts_for_nobody_else(method: str, route: str) -> None:
    """Guard: who acts comes from the key; a name is heard from service keys alone."""
    _, things = adas_things()
    bob = Api(UserFactory(username="bob"))
    if route.startswith("/internal/v1/tools/") and method == "GET":
        return
    before = everything()
    for name in ("ada", "nobody-at-all"):
        answer = send(bob, method, route, things, account=name)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_not_allowed")
    assert everything() == before


@pytest.mark.failure("K2")
@pytest.mark.parametrize("path", ["casts/", "tools/text.template/run/"])
def test_identity_and_price_in_a_body_are_not_taken(path: str) -> None:
    """Guard: bodies are closed models; the account is the key's, or one a service key may name."""
    adas_things()
    bob = Api(UserFactory(username="bob"))
    good = {"casts/": {"spell": "adas"}}.get(path, {"inputs": {"template": "x"}})
    count = Cast.objects.count()
    answer = bob.post(path, {**good, "account": "ada"})
    assert (answer.status_code, answer.json()["code"]) == (403, "account_not_allowed")
    for name in ("cost", "price", "id", "status", "api_key", "source", "owner", "account_id"):
        answer = bob.post(path, {**good, name: "ada"})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_field")
    assert Cast.objects.count() == count


@pytest.mark.failure("E3")
def test_a_price_in_a_spell_or_in_a_query_is_refused() -> None:
    """Guard: definitions have no price, and unknown parameters are errors."""
    bob = Api()
    assert bob.post("spells/", {**one_step("cheap"), "price": 0}).status_code == 422
    assert bob.post("tools/text.template/run/?price=0", {"inputs": {}}).status_code == 400


def test_a_service_key_casts_for_the_account_in_the_body() -> None:
    ada, _ = adas_things()
    service = Api(is_service=True)
    answer = service.post("casts/", {"spell": "adas", "account": "ada"})
    assert (answer.status_code, answer.json()["account"]) == (202, "ada")
    cast = Cast.objects.get(pk=answer.json()["id"])
    assert (cast.account, cast.api_key) == (ada.account, service.row)
    assert Event.objects.filter(topic=cast.topic).get().actor == f"key:{service.row.prefix}"


def test_a_service_key_that_names_nobody_acts_for_its_own_account() -> None:
    service = Api(UserFactory(username="front"), is_service=True)
    service.save_spell()
    assert service.cast()["account"] == "front"


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        ("", "nobody", 404, "unknown_account"),
        ("", "gone", 404, "unknown_account"),
        ("?account=nobody", None, 404, "unknown_account"),
        ("?account=ada", "bob", 400, "two_accounts"),
        ("", "", 422, "invalid"),
        ("?account=", None, 404, "unknown_account"),
    ],
)
def test_a_service_key_must_name_an_account_that_is_there(
    query: str, body: str | None, status: int, code: str
) -> None:
    adas_things()
    UserFactory(username="bob")
    UserFactory(username="gone", is_active=False)
    named = {} if body is None else {"account": body}
    answer = Api(is_service=True).post(f"casts/{query}", {"spell": "adas", **named})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert IdempotencyKey.objects.count() == 0
