"""Files of whoever is signed in."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generations.models import ArtifactLink
from generations.pages.files import export_url, file_url, thumbnail_url
from generations.uploads import upload
from spellhub.identifiers import uuid7
from tests.factories import GenerationFactory, UserFactory
from tests.pictures import encoded, halves, opened, plain, svg

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory()


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def urls_of(link: ArtifactLink) -> list[str]:
    return [file_url(link.pk), thumbnail_url(link.pk), export_url(link.pk)]


def made(owner: User, data: bytes) -> ArtifactLink:
    link = upload(owner, [data], name="art.png")
    generation = GenerationFactory(status="succeeded", cast__account=owner)
    ArtifactLink.objects.filter(pk=link.pk).update(role="output", generation=generation)
    return link


def test_an_account_sees_its_files_and_small_pictures_of_them(owner: User) -> None:
    data = encoded(halves((700, 350)))
    link, client = upload(owner, [data]), signed_in(owner)
    assert client.get(file_url(link.pk)).content == data
    for size in (256, 640):
        answer = client.get(f"/files/{link.pk}/thumbnail/{size}/")
        assert opened(answer.content).size == (size, size // 2)
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert thumbnail_url(link.pk) == f"/files/{link.pk}/thumbnail/256/"


def test_an_account_takes_a_copy_that_says_where_it_came_from(owner: User) -> None:
    answer = signed_in(owner).get(export_url(made(owner, plain()).pk))
    assert opened(answer.content).info["Software"] == "spellhub"
    assert answer["Content-Disposition"].endswith("art-export.png")


@pytest.mark.failure("K1")
def test_nobody_else_does(owner: User) -> None:
    """Guards the way to a file for sessions: through a link of the account that is signed in."""
    link = made(owner, plain())
    staff = signed_in(User.objects.create_superuser("ada"))
    for client in (Client(), signed_in(UserFactory()), staff):
        assert [client.get(url).status_code for url in urls_of(link)] == [404, 404, 404]
    assert [signed_in(owner).get(url).status_code for url in urls_of(link)] == [200, 200, 200]


def test_who_is_no_longer_active_sees_nothing(owner: User) -> None:
    link, client = upload(owner, [plain()]), signed_in(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert client.get(file_url(link.pk)).status_code == 404


@pytest.mark.parametrize("data", [b"words", svg("<g>"), b"%PDF-1.7\n"])
def test_what_has_no_small_picture_is_not_found(owner: User, data: bytes) -> None:
    link, client = upload(owner, [data]), signed_in(owner)
    assert client.get(thumbnail_url(link.pk)).status_code == 404
    assert client.get(export_url(link.pk)).status_code == 404
    assert client.get(file_url(link.pk)).status_code == 200


def test_files_are_only_read_and_unknown_ones_not_found(owner: User) -> None:
    link, client = upload(owner, [plain()]), signed_in(owner)
    assert client.post(file_url(link.pk)).status_code == 405
    assert client.head(thumbnail_url(link.pk)).status_code == 200
    assert client.get(file_url(uuid7())).status_code == 404
    assert client.get(f"/files/{link.pk}/thumbnail/100/").status_code == 404
