"""Signing in and out, and new passwords: Django's own views with our forms and templates."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from spellhub.accounts.forms import ForgottenForm, SignInForm

FOLDER = "accounts"


class SignIn(views.LoginView):
    """Signs in, and leads to ``next`` where that is an address of this site."""

    template_name = f"{FOLDER}/sign_in.html"
    form_class = SignInForm


class Forgotten(views.PasswordResetView):
    """Mails a link that lets a person set a new password."""

    template_name = f"{FOLDER}/forgotten.html"
    email_template_name = f"{FOLDER}/forgotten_mail.txt"
    subject_template_name = f"{FOLDER}/forgotten_subject.txt"
    form_class = ForgottenForm
    # The address of the site is ours to say, not the Host header's.
    extra_email_context = {"base_url": settings.BASE_URL}  # noqa: RUF012 - as Django has it

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        """Say so where no mail can be sent, instead of promising one."""
        if not settings.SENDS_EMAIL:
            return _without_mail(self.request)
        return super().dispatch(*args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the request, whose address it counts."""
        return {**super().get_form_kwargs(), "request": self.request}


@never_cache
def _without_mail(request: HttpRequest) -> HttpResponse:
    return render(request, f"{FOLDER}/without_mail.html")
