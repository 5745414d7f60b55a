"""``manage.py create_api_key``."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from spellhub.accounts.models import ApiKey, digest_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_it_prints_the_key_alone_and_makes_the_account() -> None:
    printed = create("--account", "ada")
    assert printed.endswith("\n")
    row = ApiKey.objects.get(digest=digest_of(printed.strip()))
    assert (row.account.username, row.is_service) == ("ada", False)
    assert not row.account.has_usable_password()
    assert not row.account.is_staff


def test_an_account_that_is_there_gets_another_key() -> None:
    ada = UserFactory(username="ada")
    assert create("--account", "ada") != create("--account", "ada")
    assert ApiKey.objects.filter(account=ada).count() == 2


def test_a_service_key_and_a_name() -> None:
    create("--account", "front", "--service", "--name", "the web front end")
    row = ApiKey.objects.get()
    assert (row.is_service, row.name) == (True, "the web front end")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 151])
def test_a_name_that_cannot_be_one_leaves_nothing_behind(name: str) -> None:
    with pytest.raises(CommandError):
        create("--account", name)
    assert not User.objects.exists()
    assert not ApiKey.objects.exists()


def test_a_deactivated_account_gets_no_key() -> None:
    UserFactory(username="gone", is_active=False)
    with pytest.raises(CommandError, match="deactivated"):
        create("--account", "gone")
    assert not ApiKey.objects.exists()
