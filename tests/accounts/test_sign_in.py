"""Signing in and out: through which doors, how often, and where it leads."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from spellhub.accounts.models import Tries

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"
PASSWORD = "a horse, a battery and a staple"


@pytest.fixture(autouse=True)
def quick(settings: LazySettings) -> None:
    """Hash passwords fast: hundreds are tried here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password=PASSWORD)


def attempt(typed: str = "wrong", *, name: str = "ada", door: str = "", **more: Any) -> Any:
    """Try to sign in; ``more`` goes to the client, such as REMOTE_ADDR."""
    fields = {"username": name, "password": typed, "next": more.pop("next", "")}
    return Client(**more).post(door or SIGN_IN, fields)


def is_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def told(answer: Any) -> str:
    [sentence] = answer.context["form"].non_field_errors()
    return str(sentence)


def test_signing_in_leads_to_the_spells_or_back(ada: User) -> None:
    assert attempt(PASSWORD)["Location"] == "/spells/"
    assert attempt(PASSWORD, next="/casts/?status=failed")["Location"] == "/casts/?status=failed"


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(ada: User, next_: str) -> None:
    assert attempt(PASSWORD, next=next_)["Location"] == "/spells/"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(ada: User) -> None:
    sentences = {told(attempt()), told(attempt(name="nobody"))}
    assert len(sentences) == 1
    ada.is_active = False
    ada.save()
    assert told(attempt(PASSWORD)) in sentences


def test_what_was_typed_as_a_name_stays_and_the_password_does_not(ada: User) -> None:
    text = attempt("my secret").content.decode()
    assert 'value="ada"' in text
    assert "my secret" not in text


@pytest.mark.failure("K3")
def test_after_five_wrong_passwords_not_even_the_right_one_is_looked_at(ada: User) -> None:
    """Guards the limit of an account at an address: taken before the password is checked."""
    for _ in range(5):
        assert "correct" in told(attempt())
    assert told(attempt(PASSWORD)) == "Too many tries. Wait 15 minutes, then try again."
    Tries.objects.update(since=Tries.objects.latest("since").since - timedelta(minutes=15))
    assert is_in(attempt(PASSWORD))


@pytest.mark.failure("K3")
@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_FOR": "203.0.113.{n}"},
        {"HTTP_FORWARDED": "for=203.0.113.{n}"},
        {"HTTP_X_REAL_IP": "203.0.113.{n}"},
        {"HTTP_CLIENT_IP": "203.0.113.{n}"},
    ],
)
def test_no_header_evades_the_limit(ada: User, headers: dict[str, str]) -> None:
    """Guards that the address is the connection's own, whatever a header says."""
    for number in range(6):
        answer = attempt(**{name: text.format(n=number) for name, text in headers.items()})
    assert told(answer).startswith("Too many tries.")


@pytest.mark.failure("K3")
def test_upper_and_lower_case_are_one_account_for_the_limit(ada: User) -> None:
    """Guards the folding of names."""
    for name in ("ada", "ADA", "Ada", "aDa", "adA", "AdA"):
        answer = attempt(name=name)
    assert told(answer).startswith("Too many tries.")


@pytest.mark.failure("K3")
def test_both_doors_count_together(ada: User) -> None:
    """Guards that the admin's own sign-in page has the same limit."""
    admin = reverse("admin:login")
    for door in (admin, SIGN_IN, admin, SIGN_IN, admin):
        assert not is_in(attempt(door=door))
    for door in (admin, SIGN_IN):
        assert told(attempt(PASSWORD, door=door)).startswith("Too many tries.")


def test_staff_still_enter_the_admin_by_its_own_door() -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    answer = attempt(PASSWORD, name="root", door=reverse("admin:login"), next="/admin/")
    assert answer["Location"] == "/admin/"


def test_others_are_not_shut_out_by_somebody_elses_wrong_guesses(ada: User) -> None:
    for _ in range(30):
        attempt(REMOTE_ADDR="203.0.113.9")
    assert is_in(attempt(PASSWORD, REMOTE_ADDR="203.0.113.10"))


@pytest.mark.failure("K3")
def test_one_address_cannot_try_many_accounts(ada: User) -> None:
    """Guards the limit of an address."""
    for number in range(50):
        attempt(name=f"nobody{number}")
    assert told(attempt(PASSWORD)).startswith("Too many tries.")
    assert is_in(attempt(PASSWORD, REMOTE_ADDR="203.0.113.10"))


@pytest.mark.failure("K3")
def test_one_account_cannot_be_tried_from_many_addresses(ada: User) -> None:
    """Guards the limit of an account."""
    for number in range(100):
        attempt(REMOTE_ADDR=f"203.0.113.{number}")
    assert told(attempt(PASSWORD, REMOTE_ADDR="198.51.100.1")).startswith("Too many tries.")


@pytest.mark.failure("K3")
def test_one_network_of_ipv6_is_one_address(ada: User) -> None:
    """Guards the prefix: whoever has one address there has very many."""
    for number in range(6):
        answer = attempt(REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}")
    assert told(answer).startswith("Too many tries.")
    assert is_in(attempt(PASSWORD, REMOTE_ADDR="2001:db8:1:3::1"))


def test_right_passwords_do_not_count(ada: User) -> None:
    for _ in range(60):
        assert is_in(attempt(PASSWORD))
    assert set(Tries.objects.values_list("count", flat=True)) == {0}


@pytest.mark.failure("K6")
def test_no_name_that_was_typed_is_written_down(ada: User) -> None:
    """Guards the digest: people type their password into the field for the name."""
    attempt(name="correct horse battery")
    kept = " ".join(Tries.objects.values_list("subject", flat=True))
    assert "horse" not in kept
    assert {len(subject) for subject in Tries.objects.values_list("subject", flat=True)} == {64}


@pytest.mark.parametrize("name", ["a\x00b", ""])
def test_a_name_that_cannot_be_is_refused_at_its_field(name: str) -> None:
    answer = attempt(name=name)
    assert answer.status_code == 200
    assert "username" in answer.context["form"].errors
    assert Tries.objects.count() == 0


class TestSigningOut:
    """Only by the button."""

    def test_it_is_a_post(self, ada: User) -> None:
        client = Client()
        client.force_login(ada)
        assert client.get("/accounts/logout/").status_code == 405
        assert client.get("/casts/").status_code == 200
        assert client.post("/accounts/logout/")["Location"] == "/spells/"
        assert client.get("/casts/").status_code == 302

    def test_another_site_cannot_do_it(self, ada: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert client.post("/accounts/logout/").status_code == 403


class TestTheBar:
    """What stands at the top of every page."""

    @pytest.mark.parametrize(("is_staff", "leads_to_admin"), [(False, False), (True, True)])
    def test_staff_have_a_way_to_the_admin(
        self, ada: User, is_staff: Any, leads_to_admin: Any
    ) -> None:
        User.objects.update(is_staff=is_staff)
        client = Client()
        client.force_login(ada)
        text = client.get("/spells/").content.decode()
        assert ('href="/admin/"' in text) is leads_to_admin
        assert 'href="/casts/"' in text
        assert "Sign out" in text

    def test_guests_have_a_way_in_that_leads_back(self) -> None:
        text = Client().get("/spells/").content.decode()
        assert 'href="/accounts/login/?next=/spells/"' in text
        assert "My casts" not in text

    def test_whoever_may_not_see_a_page_is_told_so(self, ada: User) -> None:
        client = Client()
        client.force_login(ada)
        answer = client.get(SIGN_IN, {"next": "/admin/"})
        assert "You are signed in as ada, who may not see that page" in answer.content.decode()


class TestBehindAProxy:
    """``TRUSTED_PROXIES``: whose word about the client's address counts."""

    @pytest.fixture(autouse=True)
    def proxy(self, settings: LazySettings) -> None:
        settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]

    @pytest.mark.usefixtures("ada")
    def test_clients_of_one_proxy_are_told_apart(self) -> None:
        behind = {"REMOTE_ADDR": "10.0.0.1"}
        for _ in range(6):
            answer = attempt(**behind, HTTP_X_FORWARDED_FOR="203.0.113.1")
        assert told(answer).startswith("Too many tries.")
        assert is_in(attempt(PASSWORD, **behind, HTTP_X_FORWARDED_FOR="203.0.113.2"))

    @pytest.mark.failure("K3")
    @pytest.mark.usefixtures("ada")
    @pytest.mark.parametrize("invented", ["198.51.100.{n}, ", "nonsense{n}, ", "10.9.9.{n}, "])
    def test_what_a_client_adds_in_front_counts_for_nothing(self, invented: str) -> None:
        """Guards the reading from the end: only what our own proxy wrote is believed."""
        for number in range(6):
            forwarded = f"{invented.format(n=number)}203.0.113.1, 10.0.0.7"
            answer = attempt(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        assert told(answer).startswith("Too many tries.")
