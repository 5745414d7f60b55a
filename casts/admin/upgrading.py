"""Upgrading spells in the admin: a filter for those that need it, and the action with its page."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from casts.admin.acting import actor_of
from casts.drift.rows import behind
from casts.models import Spell
from casts.upgrading import Upgrade, upgrade
from spellhub.read_only import NeverDeleted

MAX_SELECTED = 100


class UpgradeFilter(SimpleListFilter):
    """Spells whose newest version cannot be cast with the tools that are installed."""

    title = "tools"
    parameter_name = "tools"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the two sides."""
        return [("changed", "Needs an upgrade"), ("same", "As they were")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one side."""
        if self.value() not in {"changed", "same"}:
            return queryset
        needing = behind().values("pk")
        if self.value() == "changed":
            return queryset.filter(pk__in=needing)
        return queryset.exclude(pk__in=needing)


class UpgradeForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is kept with the event, under your name. May stay empty.",
    )


class UpgradingAdmin(NeverDeleted):
    """Spells, upgraded by an action after a page that says what would change."""

    actions = ("upgrade_selected",)

    def has_upgrade_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may upgrade spells: who may change them."""
        return request.user.has_perm("casts.change_spell")

    @admin.action(description="Upgrade selected spells…", permissions=["upgrade"])
    def upgrade_selected(
        self, request: HttpRequest, queryset: QuerySet[Spell]
    ) -> HttpResponse | None:
        """Say what would change, then give the selected spells their new versions."""
        spells = list(queryset.order_by("slug")[: MAX_SELECTED + 1])
        if len(spells) > MAX_SELECTED:
            told = f"Select at most {MAX_SELECTED} spells at once; nothing was upgraded."
            self.message_user(request, told, messages.WARNING)
            return None
        form = UpgradeForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, spells, form)
        reason = form.cleaned_data["reason"]
        for spell in spells:
            done = upgrade(spell, actor=actor_of(request), reason=reason)
            self._tell(request, spell, done, reason)
        return None

    def _ask(self, request: HttpRequest, spells: list[Spell], form: UpgradeForm) -> HttpResponse:
        """Ask on a page; the selection travels as what is shown on it."""
        tried = [upgrade(spell, actor=actor_of(request), dry_run=True) for spell in spells]
        possible = [one for one in tried if one.outcome == "would_upgrade"]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Upgrade {len(tried)} spell{'' if len(tried) == 1 else 's'}?",
            "opts": self.opts,
            "upgrades": [(one, _sentences(one)) for one in tried],
            "possible": len(possible),
            "checkbox": ACTION_CHECKBOX_NAME,
            "form": form,
        }
        return TemplateResponse(request, "admin/casts/spell/upgrade.html", context)

    def _tell(self, request: HttpRequest, spell: Spell, done: Upgrade, reason: str) -> None:
        if done.outcome == "upgraded":
            told = " ".join((f"Upgraded: {done.summary}", *_sentences(done)))
            self.log_change(request, spell, f"{told} {reason}".strip())
            self.message_user(request, told, messages.SUCCESS)
        elif done.outcome == "refused":
            why = " ".join(f"{p.pointer or '/'}: {p.detail}" for p in done.problems)
            self.message_user(request, f"Not upgraded: {done.summary} {why}", messages.WARNING)
        else:
            self.message_user(request, f"Nothing to do: {done.summary}", messages.INFO)


def _sentences(done: Upgrade) -> list[str]:
    return list(dict.fromkeys(one.sentence for one in done.drift))
