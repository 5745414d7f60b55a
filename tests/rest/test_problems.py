"""Every error reads alike, whoever raises it."""

import logging

import pytest
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions

from spellhub.rest.problems import problem_of, server_error
from tests.clients import Api

MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (exceptions.NotFound(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "authentication_failed"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("x/y"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
        (exceptions.ParseError(), 400, "parse_error"),
        (RequestDataTooBig(), 413, "too_large"),
        (SuspiciousOperation(), 400, "bad_request"),
        (DisallowedHost(), 400, "bad_request"),
        (OperationalError("gone"), 503, "database_unavailable"),
        (InterfaceError("gone"), 503, "database_unavailable"),
        (ZeroDivisionError(), 500, "internal_error"),
    ],
)
def test_every_exception_is_a_problem(error: Exception, status: int, code: str) -> None:
    body = problem_of(error).body("an-id")
    assert body.keys() == MEMBERS
    assert (body["status"], body["code"], body["request_id"]) == (status, code, "an-id")
    assert body["title"]
    assert body["detail"]


def test_a_bug_is_logged_with_its_trace_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "spellhub.rest.problems"):
        problem = problem_of(ZeroDivisionError("a secret"))
    assert "a secret" not in problem.detail
    assert "ZeroDivisionError: a secret" in caplog.text


def test_waiting_times_are_told() -> None:
    assert problem_of(exceptions.Throttled(wait=7)).headers == {"Retry-After": "7"}
    assert problem_of(OperationalError()).headers == {"Retry-After": "5"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/internal/v1/nothing/", 404, "not_found"),
        ("GET", "/internal/", 404, "not_found"),
        ("GET", "/internal/v1/casts/not-a-uuid/", 404, "not_found"),
        ("PUT", "/internal/v1/casts/", 405, "method_not_allowed"),
        ("OPTIONS", "/internal/v1/casts/", 405, "method_not_allowed"),
        ("DELETE", "/internal/v1/tools/text.template/", 405, "method_not_allowed"),
    ],
)
def test_addresses_and_methods_that_are_not_there_answer_with_problems(
    method: str, path: str, status: int, code: str
) -> None:
    answer = Api().send(method, path, b"")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json().keys() == MEMBERS


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_without_its_slash_is_not_redirected(method: str) -> None:
    """A redirect would turn a POST into a GET, and lose what it says."""
    answer = Api().send(method, "/internal/v1/casts", b"{}")
    assert answer.status_code == 404
    assert "ends in a slash" in answer.json()["detail"]


def test_pages_for_people_keep_their_own_errors() -> None:
    answer = Client().get("/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_host_that_is_not_ours_is_refused_as_a_problem() -> None:
    answer = Client().get("/internal/v1/casts/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_bug_below_the_framework_is_a_problem() -> None:
    answer = server_error(RequestFactory().get("/internal/v1/casts/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.django_db
def test_what_cannot_be_accepted_is_406() -> None:
    assert Api().get("casts/", Accept="text/csv").status_code == 406


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["abc-123", "a" * 128, "0198:x_y.z"])
def test_a_request_keeps_its_own_id(given: str) -> None:
    answer = Api().get("casts/", X_Request_ID=given)
    assert answer["X-Request-ID"] == given


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", " ", "a b", "a" * 129, "é", "-x", "<script>"])
def test_an_id_that_is_not_well_formed_is_replaced(given: str) -> None:
    answer = Api().get("nothing/", X_Request_ID=given)
    assert answer["X-Request-ID"] != given
    assert answer.json()["request_id"] == answer["X-Request-ID"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["casts/", "spells/", "generations/"])
@pytest.mark.parametrize(
    "query",
    [
        {"statsu": "failed"},
        {"page_size": "0"},
        {"page_size": "101"},
        {"page_size": "ten"},
        {"page_size": "-1"},
        {"page_size": "٣"},
        {"cursor": "nonsense"},
        {"cursor": "cD1ub25zZW5zZQ=="},
        {"cursor": "cD0x" + "OTk5" * 20},
        {"cursor": "é"},
        {"account": "a\x00b"},
    ],
)
def test_a_query_that_is_wrong_is_400(path: str, query: dict[str, str]) -> None:
    answer = Api().get(path, query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
