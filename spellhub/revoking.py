"""The admin action that ends what lets somebody in: an API key, a live link."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from spellhub import database
from spellhub.read_only import NeverDeleted

MAX_SELECTED = 100


class RevokingAdmin(NeverDeleted):
    """Rows with a ``revoked_at``, revoked by an action after a confirmation."""

    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may revoke these rows: who may change them."""
        codename = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    @admin.action(description="Revoke…", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then let the selected rows let nobody in any more."""
        rows = list(queryset.filter(revoked_at__isnull=True)[: MAX_SELECTED + 1])
        if not rows or len(rows) > MAX_SELECTED:
            self.message_user(request, _unfit(len(rows)), messages.WARNING)
            return None
        if "confirmed" not in request.POST:
            return self._ask(request, rows)
        now = database.now()
        revoked = 0
        for row in rows:
            # Only who finds it open revokes it, so that the first time stays.
            open_rows = self.model.objects.filter(pk=row.pk, revoked_at__isnull=True)
            if open_rows.update(revoked_at=now):
                revoked += 1
                self.log_change(request, row, "Revoked.")
        self.message_user(request, f"{revoked} revoked.", messages.SUCCESS)
        return None

    def _ask(self, request: HttpRequest, rows: list[Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"Revoke {len(rows)} {self._noun(len(rows))}?",
            "opts": self.opts,
            "rows": rows,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/revoke.html", context)

    def _noun(self, count: int) -> str:
        return str(self.opts.verbose_name if count == 1 else self.opts.verbose_name_plural)


def _unfit(count: int) -> str:
    if not count:
        return "None of the selected is open; nothing was revoked."
    return f"Select at most {MAX_SELECTED} at once; nothing was revoked."
