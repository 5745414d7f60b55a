"""Bodies that are hostile or broken: each is refused with its reason, none is an error of ours."""

import json
from typing import Any

import pytest
from django.conf import LazySettings

from spellhub.rest.parsers import object_in
from spellhub.rest.problems import Problem
from tests.clients import Api, flaws

DEEP = b'{"inputs":' * 40 + b"1" + b"}" * 40
HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "no JSON": (b"{", "not_json", ""),
    "no bytes but a length": (b" ", "not_json", ""),
    "two values": (b"{} {}", "not_json", ""),
    "single quotes": (b"{'a': 1}", "not_json", ""),
    "a trailing comma": (b'{"a": 1,}', "not_json", ""),
    "a comment": (b'{"a": 1 /* one */}', "not_json", ""),
    "a control character in a text": (b'{"a": "\x01"}', "not_json", ""),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not_json", ""),
    "UTF-16": ("{}".encode("utf-16"), "not_utf8", ""),
    "bytes that are not UTF-8": (b'{"a": "\xff"}', "not_utf8", ""),
    "a raw surrogate": (b'{"a": "\xed\xa0\x80"}', "not_utf8", ""),
    "NaN": (b'{"a": NaN}', "not_a_number", ""),
    "Infinity": (b'{"a": -Infinity}', "not_a_number", ""),
    "a number that overflows": (b'{"a": [0, 1e999]}', "unstorable_value", "/a/1"),
    "a whole number of 65 bits": (b'{"a": 18446744073709551616}', "unstorable_value", "/a"),
    "a whole number of 5000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "number_too_large", ""),
    "U+0000 in a text": (b'{"inputs": {"a~/b": "x\\u0000"}}', "unstorable_value", "/inputs/a~0~1b"),
    "U+0000 in a key": (b'{"inputs": {"\\u0000": 1}}', "unstorable_value", "/inputs"),
    "a lone surrogate": (b'{"inputs": ["\\ud800"]}', "unstorable_value", "/inputs/0"),
    "a lone low surrogate as a key": (b'{"\\udc00": 1}', "unstorable_value", ""),
    "too deep": (DEEP, "too_deep", ""),
    "as deep as can be read": (
        b'{"a":' * 900 + b"1" + b"}" * 900,
        "too_deep",
        "",
    ),
    "very deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep", ""),
    "very deep lists": (b'{"a":' + b"[" * 500_000, "too_deep", ""),
    "a key twice": (b'{"a": 1, "b": {"c": 1, "c": 2}}', "duplicate_key", ""),
    "a list": (b"[]", "not_an_object", ""),
    "a text": (b'"text"', "not_an_object", ""),
    "a number": (b"1", "not_an_object", ""),
    "null": (b"null", "not_an_object", ""),
}
BODIES = pytest.mark.parametrize("case", HOSTILE, ids=str)
TAKING_JSON = [
    "casts/",
    "tools/text.template/run/",
    "spells/",
    "spells/validate/",
]


@BODIES
def test_a_hostile_body_is_refused_with_where_and_why(case: str) -> None:
    raw, code, pointer = HOSTILE[case]
    with pytest.raises(Problem) as refused:
        object_in(raw)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert [flaw.pointer for flaw in refused.value.errors] == [pointer]


@pytest.mark.django_db
def test_casting_refuses_every_hostile_body() -> None:
    api = Api()
    for case, (raw, code, _) in HOSTILE.items():
        answer = api.send("POST", "casts/", raw)
        assert (answer.status_code, answer.json()["code"]) == (400, code), case


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["NaN", "a lone surrogate", "very deep", "a list"])
def test_no_endpoint_fails_over_a_hostile_body(case: str) -> None:
    api = Api()
    api.save_spell()
    cast = api.cast()
    verbs = [f"casts/{cast['id']}/{verb}/" for verb in ("retry", "cancel", "fail", "look", "links")]
    for path in [*TAKING_JSON, *verbs]:
        answer = api.send("POST", path, HOSTILE[case][0])
        assert (answer.status_code, answer.json()["code"]) == (400, HOSTILE[case][1]), path
    answer = api.send("PATCH", "spells/hello/", HOSTILE[case][0])
    assert answer.status_code == 400
    assert api.get(f"casts/{cast['id']}/").json()["status"] == "queued"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 18446744073709551615, "b": -9223372036854775808}',
        b'{"a": 1.7976931348623157e308, "b": 5e-324, "c": 1e-999, "d": -0.0}',
        '{"a": "😀", "é": "\\ud83d\\ude00"}'.encode(),
        b'{"a": ' + b"[" * 31 + b"]" * 31 + b"}",
        b" \r\n\t{} ",
    ],
)
def test_what_is_only_unusual_is_read(raw: bytes) -> None:
    assert object_in(raw) == json.loads(raw)


@pytest.mark.django_db
def test_a_body_larger_than_the_limit_is_413(settings: LazySettings) -> None:
    body = json.dumps({"spell": "x" * settings.MAX_BODY_BYTES}).encode()
    answer = Api().send("POST", "casts/", body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.django_db
def test_a_body_just_within_the_limit_is_read(settings: LazySettings) -> None:
    api = Api()
    padding = settings.MAX_BODY_BYTES - len(b'{"spell":""}')
    answer = api.send("POST", "casts/", b'{"spell":"' + b"x" * padding + b'"}')
    assert flaws(answer) == [("/spell", "wrong_length")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_another_media_type_is_415(content_type: str) -> None:
    answer = Api().send("POST", "casts/", b"{}", content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.django_db
def test_the_charset_cannot_turn_a_small_body_into_a_large_one() -> None:
    answer = Api().send("POST", "casts/", b"{}", content_type="application/json; charset=bz2_codec")
    assert flaws(answer) == [("/spell", "missing")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("casts/", {"spell": 1}, [("/spell", "wrong_type")]),
        ("casts/", {"spell": None}, [("/spell", "wrong_type")]),
        ("casts/", {"spell": "hello", "version": "1"}, [("/version", "wrong_type")]),
        ("casts/", {"spell": "hello", "version": True}, [("/version", "wrong_type")]),
        ("casts/", {"spell": "hello", "version": 1.0}, [("/version", "wrong_type")]),
        ("casts/", {"spell": "hello", "version": 0}, [("/version", "out_of_range")]),
        ("casts/", {"spell": "hello", "version": 2**63}, [("/version", "out_of_range")]),
        ("casts/", {"spell": "hello", "inputs": []}, [("/inputs", "wrong_type")]),
        ("casts/", {"spell": "hello", "inputs": None}, [("/inputs", "wrong_type")]),
        ("casts/", {"spell": "hello", "metadata": "x"}, [("/metadata", "wrong_type")]),
        ("casts/", {"spell": "hello", "account": 7}, [("/account", "wrong_type")]),
        ("casts/", {"spell": "hello", "a/b~c": 7}, [("/a~1b~0c", "unknown_field")]),
        ("tools/text.template/run/", {"input": {}}, [("/input", "unknown_field")]),
        ("spells/", {"slug": 7}, [("/slug", "wrong_type"), ("/steps", "missing")]),
    ],
)
def test_wrong_types_and_unknown_fields_are_named(
    path: str, body: Any, expected: list[tuple[str, str]]
) -> None:
    api = Api()
    api.save_spell()
    answer = api.post(path, body)
    assert answer.status_code == 422
    assert sorted(flaws(answer)) == sorted(expected)
