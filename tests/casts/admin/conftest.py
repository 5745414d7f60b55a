"""Operators with all, some and no permissions, and casts for them to act on."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from casts import engine
from casts.models import Cast
from spellhub.events.models import Event
from tests.casts.engine.conftest import Begin, account, begin, step

__all__ = ["account", "begin", "step"]

SignIn = Callable[..., Client]


@pytest.fixture
def operator(db: None) -> Client:
    """A client signed in as ada, who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("ada", password="x"))
    return client


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Sign in as staff with the permissions named."""

    def make(*codenames: str, name: str = "grace") -> Client:
        user = User.objects.create_user(name, is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    return make


def broken(begin: Begin, **more: Any) -> Cast:
    """A cast that failed at its second step."""
    cast = begin(step("good"), step("bad", tool="broken"), outputs={}, **more)
    engine.run(cast.pk)
    cast.refresh_from_db()
    return cast


def messages_of(response: Any) -> str:
    return " | ".join(str(message) for message in response.context["messages"])


def events_of(cast: Cast, kinds: Iterable[str]) -> list[tuple[str, str, Any]]:
    rows = Event.objects.filter(topic=cast.topic, kind__in=list(kinds)).order_by("seq")
    return [(row.kind, row.actor, row.data) for row in rows]
