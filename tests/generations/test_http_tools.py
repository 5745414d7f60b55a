"""The tools http.get and http.post against websites of our own, alone and as steps of a cast."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User

from casts import engine, library
from casts.models import Cast
from casts.states import Status
from generations.adapters.base import (
    BadOutput,
    CallCancelled,
    Immediate,
    InvalidInput,
    ProviderTimeout,
    Refused,
    ToolError,
)
from generations.adapters.http import HttpAdapter
from generations.adapters.http.headers import SENDABLE
from generations.http import BlockedAddress, Guard
from generations.models import Generation
from generations.schemas import violations
from generations.tools import catalogue, reasons_to_refuse
from tests.factories import UserFactory
from tests.generations.calls import MemoryCall, png
from tests.website import Bait, Page, Talk, Visit, Website, page

JSON = "application/json"
SECRET = "canary-4f1b7c2d9e"


def perform(
    tool: str, site: Website, inputs: Mapping[str, Any], path: str = "/"
) -> tuple[dict[str, Any], MemoryCall]:
    """Call a tool; return its outputs, and the call with its files."""
    call = MemoryCall({"url": f"{site.root}{path}", **inputs}, seconds=5)
    spec = catalogue.get(tool)
    assert violations(spec.input_schema, call.inputs) == []
    done = HttpAdapter(site.guard()).execute(call, spec)
    assert violations(spec.output_schema, done.outputs) == []
    return dict(done.outputs), call


def get(reply: Page, **inputs: Any) -> dict[str, Any]:
    """Get one answer with the given inputs; return the outputs."""
    with Website({"/": reply}) as site:
        return perform("http.get", site, inputs)[0]


def sent(tool: str = "http.post", **inputs: Any) -> Visit:
    """Send the given inputs; return what arrived."""
    with Website({"/": page()}) as site:
        perform(tool, site, inputs)
        (visit,) = site.visits
    return visit


def fail(kind: type[ToolError], tool: str = "http.post", **inputs: Any) -> ToolError:
    """Call a tool that must fail before anything is sent; return how."""
    with Website({"/": page()}) as site:
        with pytest.raises(kind) as failed:
            perform(tool, site, inputs)
        assert site.connections == 0
    return failed.value


def test_the_tools_are_in_the_catalogue() -> None:
    adapter = HttpAdapter()
    assert isinstance(adapter, Immediate)
    assert adapter.check().ok
    reading, writing = catalogue.get("http.get"), catalogue.get("http.post")
    assert [*reasons_to_refuse(reading, adapter), *reasons_to_refuse(writing, adapter)] == []
    assert (reading.repeatable, reading.read_only) == (True, True)
    assert (writing.repeatable, writing.read_only) == (False, False)
    for spec in (reading, writing):
        assert violations(spec.input_schema, spec.example) == []


def test_json_becomes_a_value() -> None:
    outputs = get(
        page(b'{"a": [1, null]}', X_Request_Id="r-1", Set_Cookie="id=1", Content_Type=JSON)
    )
    assert outputs == {
        "status": 200,
        "headers": {"content-type": "application/json", "x-request-id": "r-1"},
        "json": {"a": [1, None]},
        "text": None,
        "file": None,
    }


@pytest.mark.parametrize(
    "media_type", ["text/plain", "text/html; charset=utf-8", "application/xml"]
)
def test_a_text_becomes_a_text(media_type: str) -> None:
    outputs = get(page("é".encode(), Content_Type=media_type))
    assert (outputs["text"], outputs["json"], outputs["file"]) == ("é", None, None)


@pytest.mark.parametrize("media_type", ["image/png", "application/octet-stream", ""])
def test_anything_else_becomes_a_file(media_type: str) -> None:
    with Website({"/": page(png(), Content_Type=media_type)}) as site:
        outputs, call = perform("http.get", site, {})
    (kept,) = call.kept
    assert call.files[kept.id] == png()
    assert (outputs["file"], outputs["json"], outputs["text"]) == (kept.id, None, None)


def test_the_step_may_say_what_the_body_is() -> None:
    assert get(page(b"5", Content_Type="text/plain"), answer="json")["json"] == 5
    assert get(page(b"5", Content_Type=JSON), answer="text")["text"] == "5"
    assert get(page(b"5", Content_Type=JSON), answer="file")["file"]


@pytest.mark.parametrize("status", ["204 No Content", "205 Reset Content"])
def test_an_answer_without_a_body_is_one(status: str) -> None:
    outputs = get(page(status=status, Content_Type=JSON), answer="json")
    assert (outputs["json"], outputs["text"], outputs["file"]) == (None, None, None)


def test_an_empty_body_of_no_type_is_nothing() -> None:
    outputs = get(page())
    assert (outputs["json"], outputs["text"], outputs["file"]) == (None, None, None)


def test_a_head_has_headers_only() -> None:
    with Website({"/": page(status="200 OK", ETag='"1"', Content_Type=JSON)}) as site:
        outputs, _ = perform("http.get", site, {"method": "HEAD"})
        assert site.visits[0].method == "HEAD"
    assert (outputs["headers"]["etag"], outputs["json"]) == ('"1"', None)


@pytest.mark.failure("G5")
@pytest.mark.parametrize(
    ("answer", "body"),
    [("json", b""), ("json", b"<html>"), ("json", b"[NaN]"), ("text", b"\xff"), ("text", b"\0"),
     ("text", b"x" * (1024 * 1024 + 1)), ("json", b'"' + b"x" * 2 * 1024 * 1024 + b'"')],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_a_body_that_is_not_what_the_step_wants_is_a_bad_answer(answer: str, body: bytes) -> None:
    """Guard: Incoming.whole and Answer check what they read."""
    with pytest.raises(BadOutput):
        get(page(body), answer=answer)


@pytest.mark.failure("G5")
def test_a_file_is_as_large_as_an_upload_at_most(settings: LazySettings) -> None:
    """Guard: the client's limit is settings.MAX_UPLOAD_BYTES."""
    settings.MAX_UPLOAD_BYTES = 100_000

    def pour(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
        talk.repeat(b"x" * 65_536)

    with pytest.raises(BadOutput, match="larger than 100000 bytes"):
        get(pour)


def test_the_query_is_added_to_the_url() -> None:
    with Website({"/a": page()}) as site:
        query = {"q": "a b&c=é/#", "n": 1.5, "yes": True, "many": [1, "x"]}
        perform("http.get", site, {"query": query}, path="/a?first=1")
        assert site.visits[0].target == (
            "/a?first=1&q=a+b%26c%3D%C3%A9%2F%23&n=1.5&yes=true&many=1&many=x"
        )


def test_json_and_text_are_sent() -> None:
    visit = sent(json={"a": "é"}, headers={"X-Request-ID": "r-1"})
    assert json.loads(visit.body) == {"a": "é"}
    assert visit.method == "POST"
    assert visit.headers["content-type"] == "application/json"
    assert visit.headers["x-request-id"] == "r-1"
    visit = sent(text="é", method="PUT", headers={"Content-Type": "text/markdown"})
    assert (visit.method, visit.body) == ("PUT", "é".encode())
    assert visit.headers["content-type"] == "text/markdown"
    assert sent(json=None).body == b"null"
    assert sent(method="DELETE").body == b""


def test_what_is_sent_carries_the_key_of_its_order() -> None:
    assert sent().headers["idempotency-key"] == "order-1"
    assert sent(headers={"Idempotency-Key": "mine"}).headers["idempotency-key"] == "mine"
    assert "idempotency-key" not in sent("http.get").headers


def test_there_is_one_body_at_most() -> None:
    assert "not as both" in fail(InvalidInput, json=1, text="x").message


@pytest.mark.failure("K6")
@pytest.mark.parametrize(
    "name",
    ["Authorization", "authorization", "AUTHORIZATION", "Cookie", "X-Api-Key", "X-Auth-Token",
     "Api-Secret"],
)  # fmt: skip
def test_a_credential_is_not_taken_from_inputs(name: str) -> None:
    """Guard: sendable(); inputs are stored and shown."""
    error = fail(InvalidInput, "http.get", headers={name: SECRET})
    assert "holds a credential" in error.message
    assert SECRET not in error.message


@pytest.mark.failure("K4")
@pytest.mark.parametrize(
    "name",
    ["Host", "Connection", "Transfer-Encoding", "Content-Length", "X-Forwarded-For", "X-Real-IP",
     "X-HTTP-Method-Override", "Metadata-Flavor", "Metadata", "Range", "", "a b", "a\r\nb"],
)  # fmt: skip
def test_a_header_that_is_not_on_the_list_is_not_sent(name: str) -> None:
    """Guard: sendable() knows headers by a list."""
    error = fail(InvalidInput, "http.get", headers={name: "x"})
    assert all(listed in error.message for listed in SENDABLE)


@pytest.mark.failure("K4")
@pytest.mark.parametrize("value", ["a\r\nHost: b", "a\nb", "a\x00", "é", " a"])
def test_a_header_is_one_line_of_plain_text(value: str) -> None:
    """Guard: Request.built() checks every value."""
    fail(InvalidInput, headers={"Prefer": value})


def test_a_header_stands_once() -> None:
    assert "stands twice" in fail(InvalidInput, headers={"Prefer": "a", "prefer": "b"}).message


def test_a_status_that_is_expected_is_a_success() -> None:
    assert get(page(status="404 Not Found"), expect=[200, 404])["status"] == 404
    assert get(page(status="304 Not Modified"), expect=[304])["status"] == 304
    with pytest.raises(BadOutput, match="answered 200 OK"):
        get(page(), expect=[404])
    with pytest.raises(Refused, match="answered 409 Conflict: taken"):
        get(page(b'{"error": "taken"}', "409 Conflict", Content_Type=JSON))


@pytest.mark.failure("K4")
def test_a_private_address_is_blocked(bait: Bait) -> None:
    """Guard: the adapter has no way out but the guarded client."""
    spec = catalogue.get("http.get")
    guard = Guard(ports=frozenset({bait.port}))
    with pytest.raises(BlockedAddress, match="loopback"):
        HttpAdapter(guard).execute(MemoryCall({"url": f"http://127.0.0.1:{bait.port}/"}), spec)
    assert not bait.was_visited


@pytest.mark.failure("B5")
def test_who_has_lost_the_claim_does_not_send() -> None:
    """Guard: the adapter's last look before sending."""
    with Website({"/": page()}) as site:
        call = MemoryCall({"url": f"{site.root}/"})
        call.wanted = False
        with pytest.raises(CallCancelled):
            HttpAdapter(site.guard()).execute(call, catalogue.get("http.post"))
        assert site.connections == 0


@pytest.mark.failure("G5")
def test_a_call_has_the_time_of_its_step() -> None:
    """Guard: the client's deadline is what is left of the call's."""
    with Website({"/": lambda talk: talk.repeat(b"", every=0.05)}) as site:
        call = MemoryCall({"url": f"{site.root}/"}, seconds=0.3)
        with pytest.raises(ProviderTimeout) as failed:
            HttpAdapter(site.guard()).execute(call, catalogue.get("http.post"))
    assert failed.value.ambiguous


def test_a_wrong_list_of_places_is_said_by_the_check(settings: LazySettings) -> None:
    settings.HTTP_ALLOW = ["nonsense/99"]
    health = HttpAdapter().check()
    assert not health.ok
    assert "nonsense/99" in health.problem


def cast_of(account: User, site: Website, *steps: dict[str, Any], **outputs: str) -> Cast:
    document = {
        "slug": "web",
        "name": "Web",
        "inputs": {"type": "object", "properties": {"root": {"type": "string"}}},
        "steps": list(steps),
        "outputs": outputs,
    }
    version, _ = library.save(document, account)
    cast = engine.begin(version, account, {"root": site.root}, source="api", actor="key:test")
    engine.run(cast.id)
    cast.refresh_from_db()
    return cast


@pytest.mark.django_db
def test_a_cast_reads_draws_and_reports(settings: LazySettings) -> None:
    pages: dict[str, Page] = {
        "/title": page(b'{"titles": ["By night"]}', Content_Type=JSON),
        "/picture": page(png(), Content_Type="image/png"),
        "/report": page(b"thanks", "201 Created", Content_Type="text/plain"),
    }
    with Website(pages) as site:
        settings.HTTP_ALLOW = [f"{site.host}:{site.port}"]
        cast = cast_of(
            UserFactory(),
            site,
            {
                "key": "title",
                "tool": "http.get",
                "inputs": {"url": "${{ inputs.root }}/title"},
                "cache": True,
            },
            {"key": "art", "tool": "http.get", "inputs": {"url": "${{ inputs.root }}/picture"}},
            {
                "key": "card",
                "tool": "image.caption",
                "inputs": {
                    "image": "${{ steps.art.file }}",
                    "text": "${{ steps.title.json.titles[0] }}",
                },
            },
            {
                "key": "report",
                "tool": "http.post",
                "inputs": {
                    "url": "${{ inputs.root }}/report",
                    "json": {"card": "${{ steps.card.image }}"},
                },
            },
            image="${{ steps.card.image }}",
            said="${{ steps.report.text }}",
        )
        assert cast.status == Status.SUCCEEDED, cast.failure
        told = json.loads(site.visits[-1].body)
    assert cast.outputs == {"said": "thanks", "image": told["card"]}


@pytest.mark.django_db
@pytest.mark.failure("K4")
@pytest.mark.fault(20)
def test_a_cast_that_is_led_into_our_network_fails_and_says_so() -> None:
    """Guard: the guard of the settings, which allows nothing private by itself."""
    with Website({"/": page()}) as site:
        step = {"key": "get", "tool": "http.get", "inputs": {"url": "${{ inputs.root }}/"}}
        cast = cast_of(UserFactory(), site, step, status="${{ steps.get.status }}")
        assert site.connections == 0
    assert cast.status == Status.FAILED
    failure = Generation.objects.get(cast=cast).failure or {}
    assert (failure["code"], failure["retryable"]) == ("blocked_address", False)
