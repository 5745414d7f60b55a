"""Files over the API: in, and out again through the account's own link."""

import hashlib
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import storages

from generations.models import Artifact, ArtifactLink
from generations.pictures import rendering
from tests.clients import ROOT, Api, flaws
from tests.factories import GenerationFactory
from tests.pictures import encoded, halves, opened, plain, svg, wav

pytestmark = pytest.mark.django_db


def test_an_upload_is_told_as_what_it_is_and_not_as_what_it_says() -> None:
    api, content = Api(), plain()
    answer = api.upload("harmless.html", content)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["media_type"], body["width"], body["height"]) == ("image/png", 6, 4)
    assert (body["size"], body["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (body["role"], body["name"]) == ("upload", "harmless.html")
    assert answer["Location"] == body["url"]
    assert api.get(body["url"]).content == content


@pytest.mark.parametrize(
    ("content", "media_type", "disposition"),
    [
        (plain("PNG"), "image/png", "inline"),
        (plain("JPEG"), "image/jpeg", "inline"),
        (plain("WEBP"), "image/webp", "inline"),
        (plain("GIF"), "image/gif", "inline"),
        (b"<script>alert(1)</script>", "text/plain", "inline"),
        (svg("<script>alert(1)</script>"), "image/svg+xml", "attachment"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/plain", "inline"),
        (wav(), "audio/wav", "attachment"),
        (plain("BMP"), "image/bmp", "attachment"),
        (b"%PDF-1.7\n%", "application/pdf", "attachment"),
        (b"\x00\x01\x02", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_cannot_act_in_a_browser(content: bytes, media_type: str, disposition: str) -> None:
    api = Api()
    answer = api.get(api.upload("name", content).json()["url"])
    assert answer.content == content
    assert answer["Content-Type"] == media_type
    assert answer["Content-Disposition"].startswith(f"{disposition};")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]


def test_a_file_that_is_known_is_not_sent_again() -> None:
    api = Api()
    url = api.upload("a.txt", b"some text").json()["url"]
    etag = api.get(url)["ETag"]
    assert etag == f'"{hashlib.sha256(b"some text").hexdigest()}"'
    again = api.get(url, If_None_Match=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(url, If_None_Match='"other"').status_code == 200


def test_the_same_bytes_are_stored_once_and_linked_for_each_account() -> None:
    ada, bob = Api(), Api()
    mine, theirs = (api.upload("a.txt", b"the same").json() for api in (ada, bob))
    assert (Artifact.objects.count(), ArtifactLink.objects.count()) == (1, 2)
    assert mine["id"] != theirs["id"]
    assert ada.get(theirs["url"]).status_code == 404
    assert ada.get(f"artifacts/{Artifact.objects.get().id}/").status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "empty"),
        (plain()[:40], 422, "broken_picture"),
        (b"GIF89a" + b"\xff" * 4 + plain("GIF")[10:], 422, "too_many_pixels"),
    ],
)
def test_files_that_are_refused_leave_nothing(content: bytes, status: int, code: str) -> None:
    answer = Api().upload("a.png", content)
    assert (answer.status_code, flaws(answer)) == (status, [("/file", code)])
    assert not ArtifactLink.objects.exists()
    assert not Artifact.objects.exists()


@pytest.mark.parametrize("more", [1, 200_000])
def test_a_file_over_the_limit_is_413(settings: LazySettings, more: int) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    api = Api()
    assert api.upload("a.txt", b"x" * 1000).status_code == 201
    answer = api.upload("a.txt", b"x" * (1000 + more))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert ArtifactLink.objects.count() == 1


def test_a_small_picture_is_fetched_from_its_address() -> None:
    api = Api()
    body = api.upload("a.png", encoded(halves((900, 300)))).json()
    answer = api.get(body["thumbnail_url"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert opened(answer.content).size == (256, 85)
    assert answer["Content-Disposition"] == "inline; filename*=UTF-8''a-256.webp"
    assert "sandbox" in answer["Content-Security-Policy"]
    again = api.get(body["thumbnail_url"], If_None_Match=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    larger = api.get(f"artifacts/{body['id']}/thumbnail/640/")
    assert opened(larger.content).size == (640, 213)
    assert larger["ETag"] != answer["ETag"]


@pytest.mark.parametrize(
    ("content", "size"),
    [(plain(), 255), (plain(), 0), (b"words", 256), (svg("<g>"), 256), (b"%PDF-1.7\n%", 640)],
)
def test_where_there_is_no_small_picture_it_is_said_why(content: bytes, size: int) -> None:
    api = Api()
    body = api.upload("a", content).json()
    answer = api.get(f"artifacts/{body['id']}/thumbnail/{size}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_thumbnail")
    assert "such copy" in answer.json()["detail"] or "256 and 640" in answer.json()["detail"]


def test_a_small_picture_that_has_to_wait_too_long_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "PATIENCE_S", 0.01)
    api = Api()
    url = api.upload("a.png", plain(size=(31, 13))).json()["thumbnail_url"]
    with rendering._turn:
        answer = api.get(url)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0
    assert api.get(url).status_code == 200


def test_only_a_picture_has_the_address_of_a_small_one() -> None:
    api = Api()
    found = [api.upload("a", data).json()["thumbnail_url"] for data in (plain(), svg(), b"words")]
    assert [url is not None for url in found] == [True, True, False]


def test_nobody_else_gets_a_small_picture_or_a_copy() -> None:
    ada, bob = Api(), Api()
    url = ada.upload("a.png", plain()).json()["url"]
    for path in (f"{url}thumbnail/256/", f"{url}export/"):
        assert bob.get(path).status_code == 404
        assert bob.get(path).json()["code"] == "not_found"
        assert ada.client.get(path).status_code == 401


def test_a_copy_says_where_it_came_from_and_the_file_does_not() -> None:
    api, content = Api(), encoded(halves())
    api.upload("brought.png", content)
    artifact = Artifact.objects.get()
    generation = GenerationFactory(status="succeeded", cast__account=api.account)
    link = ArtifactLink.objects.create(
        artifact=artifact,
        account=api.account,
        generation=generation,
        role="output",
        name="art.png",
        provenance={"spell": "poster v2"},
    )
    copy = api.get(f"artifacts/{link.pk}/export/")
    assert copy["Content-Disposition"].endswith("art-export.png")
    assert opened(copy.content).info["spellhub:spell"] == "poster"
    assert opened(copy.content).tobytes() == halves().tobytes()
    original = api.get(f"artifacts/{link.pk}/")
    assert original.content == content
    assert hashlib.sha256(original.content).hexdigest() == artifact.sha256
    assert api.get(f"artifacts/{link.pk}/export/", If_None_Match=copy["ETag"]).status_code == 304


@pytest.mark.parametrize("content", [plain(), plain("JPEG"), b"words"])
def test_a_copy_that_could_say_nothing_is_409(content: bytes) -> None:
    api = Api()
    answer = api.get(f"artifacts/{api.upload('a', content).json()['id']}/export/")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_provenance")


def form(*parts: tuple[str, str, bytes]) -> bytes:
    lines = []
    for name, filename, content in parts:
        file = f'; filename="{filename}"' if filename else ""
        lines += [b"--x", f'Content-Disposition: form-data; name="{name}"{file}'.encode()]
        lines += [b"", content]
    return b"\r\n".join([*lines, b"--x--", b""])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (form(), [("/file", "missing")]),
        (form(("flie", "a.txt", b"x")), [("/flie", "unknown_field"), ("/file", "missing")]),
        (form(("file", "", b"not a file")), [("/file", "missing")]),
        (form(("file", "a", b"x"), ("file", "b", b"y")), [("/file", "missing")]),
        (form(("file", "a", b"x"), ("account", "", b"bob")), [("/account", "unknown_field")]),
        (b"", [("/file", "missing")]),
    ],
)
def test_a_form_that_is_wrong_is_422(raw: bytes, expected: list[tuple[str, str]]) -> None:
    answer = Api().send("POST", "artifacts/", raw, content_type="multipart/form-data; boundary=x")
    assert (answer.status_code, flaws(answer)) == (422, expected)


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"--x\r\ngarbage", "multipart/form-data", 400),
        (b"garbage", "multipart/form-data; boundary=é", 400),
        (b"{}", "application/json", 415),
        (b"bytes", "image/png", 415),
    ],
)
def test_what_is_no_form_is_refused(raw: bytes, content_type: str, status: int) -> None:
    answer = Api().send("POST", "artifacts/", raw, content_type=content_type)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\dir\\a.txt", "a.txt"),
        ("x" * 300, "x" * 120),
        ("naïve ☃.txt", "naïve ☃.txt"),
    ],
)
def test_a_name_is_only_a_name(given: str, stored: str) -> None:
    api = Api()
    body = api.upload(given, b"text").json()
    assert body["name"] == stored
    assert "\n" not in api.get(body["url"])["Content-Disposition"]


def test_a_file_whose_bytes_are_gone_is_404() -> None:
    api = Api()
    url = api.upload("a.txt", b"some text of its own").json()["url"]
    storages["artifacts"].delete(Artifact.objects.get().file)
    assert api.get(url).status_code == 404


def test_nobody_gets_a_file_without_a_key() -> None:
    api = Api()
    url: Any = api.upload("a.txt", b"x").json()["url"]
    assert api.client.get(url).status_code == 401
    assert api.get("artifacts/").status_code == 405
    assert url.startswith(f"http://testserver{ROOT}artifacts/")
