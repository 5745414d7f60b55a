"""What `up` makes for the person in front of it: an account, a key, something to look at."""

import logging
import secrets
from dataclasses import dataclass
from io import StringIO

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction

from casts import engine, library, live_links
from casts.models import Cast
from spellhub.accounts.models import ApiKey

ADMIN = "admin"
STARTER_SPELLS = settings.BASE_DIR / "casts" / "starter"
DEMO = "poster"
DEMO_INPUTS = {"title": "Hello from spellhub"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Welcome:
    """What is shown once: each secret is None when it was made by an earlier start."""

    password: str | None
    api_key: str | None


@dataclass(frozen=True)
class Demo:
    """The demo cast and its live page, or the reason why there is none."""

    cast: Cast | None = None
    address: str = ""
    problem: str = ""


@transaction.atomic
def prepare() -> Welcome:
    """Make what is missing of the admin account, its API key and the starter spells."""
    account, made = User.objects.get_or_create(
        username=ADMIN, defaults={"is_staff": True, "is_superuser": True}
    )
    password = None
    if made:
        password = secrets.token_urlsafe(12)
        account.set_password(password)
        account.save()
    api_key = None
    if not ApiKey.objects.filter(account=account).exists():
        _, api_key = ApiKey.issue(account, name="made by up")
    _load_starter_spells()
    return Welcome(password, api_key)


def _load_starter_spells() -> None:
    try:
        call_command("loadspells", str(STARTER_SPELLS), keep_edited=True, stdout=StringIO())
    except CommandError as error:
        # Somebody's own spell may have the same slug; that is no reason not to come up.
        logger.warning("The starter spells were not loaded: %s", error)


def cast_demo() -> Demo:
    """Cast the demo spell for the admin account."""
    account = User.objects.get(username=ADMIN)
    spell = library.castable_by(account, DEMO)
    if spell is None:
        return Demo(problem=f"There is no spell {DEMO} to cast.")
    try:
        version = spell.versions.latest("number")
        cast = engine.begin(version, account, DEMO_INPUTS, source="cli", actor=f"user:{ADMIN}")
    except (engine.NotCastable, engine.InputsInvalid) as error:
        # Its owner may have changed it; that is no reason not to come up.
        return Demo(problem=str(error))
    return Demo(cast, live_links.address_of(live_links.share(cast)))
