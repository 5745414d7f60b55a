"""Files as browsers get them: shown only where that is safe, else downloaded."""

import pytest
from django.contrib.auth.models import User
from django.http import Http404
from django.test import RequestFactory

from generations.models import Artifact, ArtifactLink
from generations.pictures import rendering
from generations.serving import serve, serve_bare, serve_thumbnail
from generations.uploads import upload
from tests.factories import UserFactory
from tests.pictures import plain, svg

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
@pytest.mark.parametrize(
    ("content", "media_type", "way"),
    [
        (svg("<script>alert(1)</script>"), "image/svg+xml", "attachment"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/plain", "inline"),
        (plain() + b"PK\x03\x04evil", "image/png", "inline"),
    ],
    ids=["svg", "html", "png with an archive behind it"],
)
def test_scripts_that_are_stored_reach_browsers_only_so(
    rf: RequestFactory, owner: User, content: bytes, media_type: str, way: str
) -> None:
    """Guards the whole way of a hostile file: typed by its bytes, then served as that."""
    response = serve(rf.get("/"), upload(owner, [content], name="evil.html"))
    assert response.content == content
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"] == f"{way}; filename*=UTF-8''evil.html"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("kind", "name", "served"),
    [("PNG", "a.png", "a.png"), ("BMP", "a.b.bmp", "a.b.png"), ("BMP", "", "{id}.png")],
)
def test_a_bare_copy_is_named_by_what_it_is(
    rf: RequestFactory, owner: User, kind: str, name: str, served: str
) -> None:
    link = upload(owner, [plain(kind)], name=name)
    response = serve_bare(rf.get("/"), link)
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].endswith(served.replace("{id}", str(link.pk)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(svg("<g>"), "cannot be read"), (b"%PDF-1.7\n", "cannot be freed")],
)
def test_where_there_is_no_bare_copy_it_is_not_found(
    rf: RequestFactory, owner: User, content: bytes, sentence: str
) -> None:
    with pytest.raises(Http404, match=sentence):
        serve_bare(rf.get("/"), upload(owner, [content]))


def test_who_asks_while_too_many_others_do_is_told_when_to_ask_again(
    rf: RequestFactory, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "PATIENCE_S", 0.01)
    with rendering._turn:
        busy = serve_thumbnail(rf.get("/"), upload(owner, [plain(size=(19, 91))]), 256)
    assert (busy.status_code, busy["Retry-After"]) == (503, "5")


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
