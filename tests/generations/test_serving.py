"""Files as browsers get them: shown only where that is safe, else downloaded."""

import pytest
from django.contrib.auth.models import User
from django.http import Http404
from django.test import RequestFactory

from generations.models import Artifact, ArtifactLink
from generations.serving import serve
from generations.uploads import upload
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory()


def linked(owner: User, content: bytes, media_type: str, name: str = "") -> ArtifactLink:
    link = upload(owner, [content], name=name)
    Artifact.objects.filter(pk=link.artifact_id).update(media_type=media_type)
    link.artifact.refresh_from_db()
    return link


@pytest.mark.failure("K5")
@pytest.mark.parametrize(
    ("media_type", "way"),
    [
        ("text/plain", "inline"),
        ("image/png", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
        ("application/pdf", "attachment"),
        ("application/octet-stream", "attachment"),
    ],
)
def test_what_could_act_in_a_page_is_only_downloaded(
    rf: RequestFactory, owner: User, media_type: str, way: str
) -> None:
    """Guards against stored scripts: type fixed, not sniffed, sandboxed, and often not shown."""
    response = serve(rf.get("/"), linked(owner, b"<script>alert(1)</script>", media_type))
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"].startswith(f"{way};")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.failure("K5")
def test_a_name_cannot_add_a_header_or_leave_its_quotes(rf: RequestFactory, owner: User) -> None:
    """Guards the quoting of names that users bring."""
    name = 'a"; filename=b\r\nSet-Cookie: x=1\u202e/é'
    given = serve(rf.get("/"), linked(owner, b"x", "text/plain", name))["Content-Disposition"]
    assert given.startswith("inline; filename*=UTF-8''a%22%3B%20filename%3Db%0D%0A")
    assert not set('";\r\n/') & set(given.split("''")[1])


def test_a_file_without_a_name_is_named_by_its_id(rf: RequestFactory, owner: User) -> None:
    link = linked(owner, b"x", "text/plain")
    assert f"{link.pk}.txt" in serve(rf.get("/"), link)["Content-Disposition"]


def test_what_a_browser_has_already_is_not_sent_again(rf: RequestFactory, owner: User) -> None:
    link = linked(owner, b"x", "text/plain")
    etag = serve(rf.get("/"), link)["ETag"]
    again = serve(rf.get("/", headers={"If-None-Match": f'"other", {etag}'}), link)
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    other = serve(rf.get("/", headers={"If-None-Match": '"other"'}), link)
    assert other.status_code == 200


def test_no_shared_cache_keeps_a_file(rf: RequestFactory, owner: User) -> None:
    assert "private" in serve(rf.get("/"), linked(owner, b"x", "text/plain"))["Cache-Control"]


def test_bytes_that_are_gone_are_not_found(rf: RequestFactory, owner: User) -> None:
    link = linked(owner, b"x", "text/plain")
    link.artifact.file = "00/gone.txt"
    with pytest.raises(Http404):
        serve(rf.get("/"), link)
