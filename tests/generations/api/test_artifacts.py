"""Files over the API: in, and out again through the account's own link."""

import hashlib
import io
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import storages
from PIL import Image

from generations.models import Artifact, ArtifactLink
from tests.clients import ROOT, Api, flaws

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return out.getvalue()


def test_an_upload_is_told_as_what_it_is_and_not_as_what_it_says() -> None:
    api, content = Api(), picture()
    answer = api.upload("harmless.html", content)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["media_type"], body["width"], body["height"]) == ("image/png", 4, 3)
    assert (body["size"], body["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (body["role"], body["name"]) == ("upload", "harmless.html")
    assert answer["Location"] == body["url"]
    assert api.get(body["url"]).content == content


@pytest.mark.parametrize(
    ("content", "media_type", "disposition"),
    [
        (picture("PNG"), "image/png", "inline"),
        (picture("JPEG"), "image/jpeg", "inline"),
        (picture("WEBP"), "image/webp", "inline"),
        (picture("GIF"), "image/gif", "inline"),
        (b"<script>alert(1)</script>", "text/plain", "inline"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "text/plain", "inline"),
        (picture("BMP"), "image/bmp", "attachment"),
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
        (picture()[:40], 422, "broken_picture"),
        (b"GIF89a" + b"\xff" * 4 + picture("GIF")[10:], 422, "too_many_pixels"),
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
