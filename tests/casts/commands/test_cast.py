"""Casting from a shell."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from casts import library
from casts.models import Cast
from casts.pages.reading import read_cast
from casts.terminal import following, saving
from casts.terminal.asking import InputsUnreadable, read_inputs
from casts.terminal.progress import NOBODY
from generations.adapters.base import Call
from generations.models import ArtifactLink
from spellhub.events.models import Event
from tests.casts.commands.conftest import Run
from tests.factories import UserFactory
from tests.tools import TrialAdapter

SCHEMA = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string", "maxLength": 10},
        "n": {"type": "integer", "default": 1},
        "mode": {"enum": ["1", "2"]},
        "any": {},
        "list": {"type": "array"},
    },
}


def spell(owner: User, tool: str = "echo", **more: Any) -> None:
    document = {
        "slug": "greet",
        "name": "Greet",
        "inputs": SCHEMA,
        "steps": [
            {"key": "say", "tool": f"trial.{tool}", "inputs": {"value": "${{ inputs.title }}"}}
        ],
        "outputs": {"said": "${{ steps.say.value }}"},
        **more,
    }
    library.save(document, owner)


@pytest.fixture
def greet(trial: TrialAdapter, account: User) -> None:
    spell(account)


FILES = {
    "properties": {
        "photo": {"type": "string", "format": "artifact"},
        "photos": {"type": "array", "items": {"type": "string", "format": "artifact"}},
        "words": {"type": "array", "items": {"type": "string"}},
        "title": {"type": "string"},
    }
}


def test_a_list_is_given_item_by_item_or_whole() -> None:
    assert read_inputs(["words=one", "words=2"], FILES) == {"words": ["one", "2"]}
    assert read_inputs(['words=["one", "two"]', "words=three"], FILES) == {
        "words": ["one", "two", "three"]
    }
    with pytest.raises(InputsUnreadable, match="title is given twice"):
        read_inputs(["title=a", "title=b"], FILES)


def test_files_are_named_with_an_at_sign_where_the_spell_takes_files(tmp_path: Path) -> None:
    def upload(path: Path) -> str:
        return f"id of {path.name}"

    pairs = ["photo=@a.png", "photos=@b.png", "photos=@c.png", "title=@home"]
    assert read_inputs(pairs, FILES, upload) == {
        "photo": "id of a.png",
        "photos": ["id of b.png", "id of c.png"],
        "title": "@home",
    }


@pytest.mark.failure("D3")
def test_values_are_text_where_the_schema_says_text_and_json_elsewhere() -> None:
    """Guards the reading of typed values: 0, false and "" stay what they are."""
    pairs = ["title=7", "n=0", "mode=1", "any=false", "list=[]", "other=plain", "empty="]
    assert read_inputs(pairs, SCHEMA) == {
        "title": "7",
        "n": 0,
        "mode": "1",
        "any": False,
        "list": [],
        "other": "plain",
        "empty": "",
    }


def test_a_value_may_hold_an_equals_sign() -> None:
    assert read_inputs(["title=a=b"], SCHEMA) == {"title": "a=b"}


def test_every_pair_that_cannot_be_read_is_told() -> None:
    with pytest.raises(InputsUnreadable) as refused:
        read_inputs(["title", "=x", "n=1", "n=2"], SCHEMA)
    assert len(str(refused.value).splitlines()) == 3


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert read_inputs([f"title={text}"], SCHEMA) == {"title": text}
    assert "any" in read_inputs([f"any={text}"], SCHEMA)


def test_a_cast_is_accepted_for_the_owner_of_the_spell(
    run: Run, greet: None, account: User
) -> None:
    ran = run("cast", "greet", "-i", "title=hello", "-i", "n=3")
    cast = Cast.objects.get()
    assert (ran.code, ran.out) == (0, f"{cast.pk}\n")
    assert (cast.account, cast.source) == (account, "cli")
    assert cast.inputs == {"title": "hello", "n": 3}
    assert Event.objects.get().actor.startswith("cli:")


def test_a_file_is_uploaded_for_the_account(
    run: Run, trial: TrialAdapter, account: User, tmp_path: Path
) -> None:
    inputs = {"properties": {"title": {"type": "string", "format": "artifact"}}}
    spell(account, inputs=SCHEMA | inputs)
    photo = tmp_path / "photo.txt"
    photo.write_bytes(b"a thousand words")
    ran = run("cast", "greet", "-i", f"title=@{photo}")
    link = ArtifactLink.objects.get(account=account)
    assert (ran.code, link.name, link.role) == (0, "photo.txt", ArtifactLink.Role.UPLOAD)
    assert Cast.objects.get().inputs == {"title": str(link.pk)}
    missing = run("cast", "greet", "-i", f"title=@{tmp_path / 'nothing'}")
    assert missing.code == 2
    assert "nothing" in missing.err
    photo.write_bytes(b"")
    assert "empty" in run("cast", "greet", "-i", f"title=@{photo}").err


def test_a_file_that_came_out_is_told_by_its_id(
    run: Run, trial: TrialAdapter, account: User, worker: None
) -> None:
    def make(call: Call) -> dict[str, Any]:
        return {"value": call.keep([b"words"], media_type="text/plain", name="words.txt").id}

    trial.behave = make
    spell(account, tool="custom")
    ran = run("cast", "greet", "-i", "title=hello", "--follow")
    link = ArtifactLink.objects.get()
    assert f"said: {link.pk} (text/plain; --save DIR writes it)" in ran.out


def test_a_version_may_be_named(run: Run, greet: None, account: User) -> None:
    first = library.castable_by(account, "greet")
    assert first is not None
    changed = first.versions.get().definition | {"description": "louder"}
    library.save(changed, account, spell=first)
    run("cast", "greet", "-i", "title=x", "--version", 1)
    run("cast", "greet", "-i", "title=x")
    numbers = Cast.objects.order_by("pk").values_list("version__number", flat=True)
    assert list(numbers) == [1, 2]


def test_a_public_spell_is_cast_for_another_account(
    run: Run, trial: TrialAdapter, account: User
) -> None:
    spell(account, visibility="public")
    other = UserFactory()
    assert run("cast", "greet", "-i", "title=x", "--account", other.username).code == 0
    assert Cast.objects.get().account == other


@pytest.mark.failure("C9")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nope"], "There is no spell 'nope'"),
        (["greet"], "/title: "),
        (["greet", "-i", "title=far too long a title"], "/title: "),
        (["greet", "-i", "title=x", "-i", "n=many"], "/n: "),
        (["greet", "-i", "title=x", "-i", "colour=red"], "colour"),
        (["greet", "-i", "title"], "not of the form key=value"),
        (["greet", "-i", "title=x", "--version", "9"], "no version 9"),
        (["greet", "-i", "title=x", "--account", "nobody"], "no account 'nobody'"),
        (["greet", "-i", "title=x", "--account", "stranger"], "is private"),
    ],
)
def test_bad_usage_is_told_and_nothing_is_cast(
    run: Run, greet: None, words: list[str], told: str
) -> None:
    """Guards the check of the inputs before anything runs, and its exit code."""
    UserFactory(username="stranger")
    ran = run("cast", *words)
    assert ran.code == 2
    assert told in ran.err
    assert not Cast.objects.exists()


def test_every_wrong_input_is_told_on_a_line_of_its_own(run: Run, greet: None) -> None:
    ran = run("cast", "greet", "-i", "n=many", "-i", "colour=red")
    assert {line.split(":")[0] for line in ran.err.splitlines()[1:]} == {"/title", "/n", "/colour"}


def test_a_deactivated_account_casts_nothing(run: Run, greet: None, account: User) -> None:
    User.objects.update(is_active=False)
    assert "deactivated" in run("cast", "greet", "-i", "title=x").err


def test_following_tells_each_step_and_the_outputs(run: Run, worker: None, greet: None) -> None:
    ran = run("cast", "greet", "-i", "title=hello", "--follow")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line.split(" ", 1)[1] for line in lines[:5]] == [
        "Asked for greet v1",
        "A worker began",
        "say started",
        "say done",
        "All steps are done",
    ]
    assert lines[-1] == "said: hello"


def test_a_followed_failure_ends_with_1_and_says_what_is_next(
    run: Run, worker: None, trial: TrialAdapter, account: User
) -> None:
    spell(account, tool="broken", outputs={})
    ran = run("cast", "greet", "-i", "title=hello", "--follow")
    assert ran.code == 1
    assert "greet v1 failed at step say: tool_error." in ran.out
    assert "Next: Read the message" in ran.out


def test_with_json_stdout_is_one_object_and_progress_goes_to_stderr(
    run: Run, worker: None, greet: None
) -> None:
    ran = run("cast", "greet", "-i", "title=hello", "--follow", "--json")
    told = json.loads(ran.out)
    assert (told["status"], told["outputs"]) == ("succeeded", {"said": "hello"})
    assert told["steps"][0]["key"] == "say"
    assert "say done" in ran.err
    accepted = json.loads(run("cast", "greet", "-i", "title=hello", "--json").out)
    assert accepted["status"] in {"queued", "running", "succeeded"}


def test_when_no_worker_comes_it_says_how_to_start_one(
    run: Run, greet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "NOBODY_AFTER_S", 0.0)
    monkeypatch.setattr(following, "REREAD_S", 0.05)
    monkeypatch.setattr(following, "POLL_S", 0.05)
    looks = iter(range(4))

    def impatient(_: float) -> None:
        if next(looks, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", impatient)
    ran = run("cast", "greet", "-i", "title=x", "--follow")
    assert ran.err.count(NOBODY) == 1
    assert ran.code == 130
    assert "goes on without being watched" in ran.err


def drawing(trial: TrialAdapter, account: User, name: str) -> None:
    trial.behave = lambda call: {
        "value": call.keep([b"some words"], media_type="text/plain", name=name).id
    }
    spell(account, tool="custom", outputs={name: "${{ steps.say.value }}"})


def test_the_files_of_the_outputs_are_saved(
    run: Run, worker: None, trial: TrialAdapter, account: User, tmp_path: Path
) -> None:
    drawing(trial, account, "words")
    folder = tmp_path / "new" / "folder"
    ran = run("cast", "greet", "-i", "title=x", "--save", folder)
    [path] = folder.iterdir()
    assert path.read_bytes() == b"some words"
    assert path.name == f"greet-{Cast.objects.get().pk.hex[-8:]}-words.txt"
    assert f"saved {path}" in ran.out


@pytest.mark.failure("K5")
@pytest.mark.parametrize("name", ["../../escape", "/etc/passwd", "..", "a\x1b[31mb"])
def test_no_name_of_an_output_leaves_the_folder(name: str) -> None:
    """Guards ``plain``: what is left of a name holds no separator, dot or control character."""
    assert set(saving.plain(name)) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    )
    assert saving.plain(name)


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_cast(
    run: Run, greet: None, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    ran = run("cast", "greet", "-i", "title=x", "--save", in_the_way)
    assert ran.code == 2
    assert "cannot be written to" in ran.err
    assert not Cast.objects.exists()


def test_a_file_that_is_there_is_never_overwritten(
    run: Run, worker: None, trial: TrialAdapter, account: User, tmp_path: Path
) -> None:
    drawing(trial, account, "words")
    run("cast", "greet", "-i", "title=x", "--save", tmp_path)
    [first] = tmp_path.iterdir()
    first.write_text("mine now")
    saving.save(read_cast(Cast.objects.get().pk), tmp_path)
    assert first.read_text() == "mine now"
    assert len(list(tmp_path.iterdir())) == 2
