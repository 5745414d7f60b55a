"""The forms of sign-in and of forgotten passwords: Django's own, with limits on guessing."""

import math
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.http import HttpRequest

from spellhub.accounts.addresses import address_of
from spellhub.accounts.limits import Limit

WITHIN = timedelta(minutes=15)
# Whoever guesses one password, many accounts' passwords, or one account's from many places.
OF_ACCOUNT_AND_ADDRESS = Limit("sign-in of an account from an address", 5, WITHIN)
OF_ADDRESS = Limit("sign-in from an address", 50, WITHIN)
OF_ACCOUNT = Limit("sign-in of an account", 100, WITHIN)
# Nobody's mailbox is filled by us.
OF_MAILBOX = Limit("mail to a mailbox", 3, timedelta(hours=1))
OF_MAILER = Limit("mail asked for from an address", 20, timedelta(hours=1))

Counted = tuple[Limit, str]


def refuse_too_many(tries: Iterable[Counted]) -> None:
    """Take a try of each in turn; raises ValidationError at the first that is not allowed.

    The others are not counted then: whoever is shut out must not shut out others, too.
    """
    for limit, subject in tries:
        if wait := limit.take(subject):
            minutes = math.ceil(wait / timedelta(minutes=1))
            unit = "minute" if minutes == 1 else "minutes"
            sentence = f"Too many tries. Wait {minutes} {unit}, then try again."
            raise forms.ValidationError(sentence, code="too_many_tries")


class _Limited(AuthenticationForm):
    """Counts a try before the password is looked at; a right one does not count."""

    def clean(self) -> dict[str, Any]:
        """Check name and password; raises ValidationError, the same one for unknown names."""
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is None or not password:
            return self.cleaned_data
        tries = _tries_of(self.request, username)
        refuse_too_many(tries)
        cleaned: dict[str, Any] = super().clean()
        for limit, subject in tries:
            limit.give_back(subject)
        return cleaned


class SignInForm(_Limited):
    """The form of the pages."""


class AdminSignInForm(_Limited, AdminAuthenticationForm):
    """The form of the admin: both doors count together."""


class ForgottenForm(PasswordResetForm):
    """Asks where to send a link; the answer does not tell whether there is such an account."""

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request

    def clean_email(self) -> str:
        """Return the mailbox; raises ValidationError for one that was written to too often."""
        email: str = self.cleaned_data["email"]
        address = address_of(self._request)
        refuse_too_many([(OF_MAILBOX, email.casefold()), (OF_MAILER, address)])
        return email


def _tries_of(request: HttpRequest | None, username: str) -> list[Counted]:
    address, account = address_of(request), username.casefold()
    return [
        (OF_ACCOUNT_AND_ADDRESS, f"{address} {account}"),
        (OF_ADDRESS, address),
        (OF_ACCOUNT, account),
    ]
