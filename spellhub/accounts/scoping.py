"""Whose things a request sees and touches: decided here, and only here.

An ordinary key acts for its own account. A service key acts for the account that the request names
by its username (``?account=``, or ``account`` in the body where there is one), and for its own when
it names none. Whatever belongs to another account does not exist for the request.
"""

from typing import TypeVar

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from rest_framework.request import Request

from spellhub.accounts.models import ApiKey
from spellhub.rest.problems import Flaw, Problem

Row = TypeVar("Row", bound=Model)


def account_of(request: Request, named: str | None = None) -> User:
    """Return the account that a request acts for; ``named`` is what its body says.

    Raises Problem: 400 for two different names, 403 for a key that may act for its own account
    only, 404 for a name that no active account has.
    """
    name = request.query_params.get("account")
    if name is not None and named is not None and name != named:
        detail = "The query and the body name two different accounts."
        raise Problem(400, "two_accounts", detail)
    name = named if name is None else name
    key, own = _caller(request)
    if name is None or name == own.username:
        return own
    if not key.is_service:
        # The same for names that exist and names that do not.
        raise Problem(403, "account_not_allowed", "This key acts for its own account only.")
    account = User.objects.filter(username=name, is_active=True).first()
    if account is None:
        detail = "There is no active account of this name."
        flaw = Flaw("/account", "unknown_account", detail)
        raise Problem(404, "unknown_account", detail, errors=[flaw])
    return account


def own(rows: QuerySet[Row], request: Request, column: str = "account") -> QuerySet[Row]:
    """Return those rows that belong to the account a request acts for."""
    return rows.filter(**{column: account_of(request)})


def actor_of(request: Request) -> str:
    """Return who an event says it was: the key, by its prefix."""
    key, _ = _caller(request)
    return f"key:{key.prefix}"


def key_of(request: Request) -> ApiKey:
    """Return the key of a request."""
    return _caller(request)[0]


def _caller(request: Request) -> tuple[ApiKey, User]:
    key, user = request.auth, request.user
    if not isinstance(key, ApiKey) or not isinstance(user, User):
        raise TypeError("the request was not authenticated by an API key")
    return key, user
