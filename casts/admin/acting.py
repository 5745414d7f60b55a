"""Asking for and doing what an operator wants with one cast, or with those selected."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from casts import definition as spells
from casts.admin.confirming import MAX_SELECTED, VerbForm, act_on_each, freeze, thaw
from casts.admin.verbs import CANCEL, FAIL, RETRY, VERBS, Verb, Wish
from casts.live_links import address_of, share
from casts.models import Cast
from spellhub.identifiers import short
from spellhub.read_only import ReadOnlyAdmin

SHOWN_TARGETS = 50


def actor_of(request: HttpRequest) -> str:
    """Name the operator, as events name whoever caused them."""
    return f"user:{request.user.get_username()}"


class ActingAdmin(ReadOnlyAdmin):
    """The verbs of casts: each asks on a page of its own, then calls the engine."""

    actions = ("retry_selected", "fail_selected", "cancel_selected")

    def require_view(self, request: HttpRequest) -> None:
        """Refuse who may not even look."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    def why_not(self, request: HttpRequest, verb: Verb, cast: Cast) -> str:
        """Say why a verb is not to be had of a cast by this operator; empty when it is."""
        return verb.why_not(cast.status, permitted=request.user.has_perm(verb.permission))

    def reasons(self, request: HttpRequest, cast: Cast) -> list[str]:
        """Say, once each, why some verbs are not to be had."""
        said = (self.why_not(request, verb, cast) for verb in VERBS.values())
        return list(dict.fromkeys(text for text in said if text))

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whether the operator may retry casts."""
        return request.user.has_perm(RETRY.permission)

    def has_fail_permission(self, request: HttpRequest) -> bool:
        """Whether the operator may fail casts."""
        return request.user.has_perm(FAIL.permission)

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Whether the operator may cancel casts."""
        return request.user.has_perm(CANCEL.permission)

    @admin.action(description="Retry selected casts…", permissions=["retry"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Cast]) -> HttpResponse | None:
        """Ask whether to retry what is selected."""
        return self._ask_for_selected(request, RETRY, queryset)

    @admin.action(description="Fail selected casts…", permissions=["fail"])
    def fail_selected(self, request: HttpRequest, queryset: QuerySet[Cast]) -> HttpResponse | None:
        """Ask whether to fail what is selected."""
        return self._ask_for_selected(request, FAIL, queryset)

    @admin.action(description="Cancel selected casts…", permissions=["cancel"])
    def cancel_selected(
        self, request: HttpRequest, queryset: QuerySet[Cast]
    ) -> HttpResponse | None:
        """Ask whether to cancel what is selected."""
        return self._ask_for_selected(request, CANCEL, queryset)

    def _ask_for_selected(
        self, request: HttpRequest, verb: Verb, queryset: QuerySet[Cast]
    ) -> HttpResponse | None:
        casts = list(queryset.order_by("-id")[: MAX_SELECTED + 1])
        if len(casts) > MAX_SELECTED:
            told = f"At most {MAX_SELECTED} casts at once: narrow the filters. Nothing was done."
            self.message_user(request, told, messages.WARNING)
            return None
        return self._ask_many(request, verb, casts, VerbForm(verb, None))

    def selected_view(self, request: HttpRequest, verb: str) -> HttpResponse:
        """Do a verb to a selection that was confirmed."""
        chosen = self._verb(request, verb)
        if request.method != "POST":
            return HttpResponseRedirect(self.list_url)
        try:
            ids = thaw(request.POST.get("selected", ""))
        except (BadSignature, ValueError):
            told = "The selection is too old or was changed. Select the casts again."
            self.message_user(request, told, messages.ERROR)
            return HttpResponseRedirect(self.list_url)
        form = VerbForm(chosen, None, request.POST)
        if not form.is_valid():
            casts = Cast.objects.filter(pk__in=ids).select_related("version__spell", "account")
            return self._ask_many(request, chosen, list(casts.order_by("-id")), form)
        self._do(request, chosen, ids, form.wish(actor_of(request)))
        return HttpResponseRedirect(self.list_url)

    def verb_view(self, request: HttpRequest, cast_id: UUID, verb: str) -> HttpResponse:
        """Ask whether to do a verb to one cast, and do it."""
        chosen = self._verb(request, verb)
        cast = Cast.objects.select_related("version__spell", "account").filter(pk=cast_id).first()
        if cast is None:
            raise Http404("There is no such cast.")
        definition = spells.parse(cast.version.definition)
        if request.method != "POST":
            initial = {"from_step": request.GET.get("from", "")}
            form = VerbForm(chosen, definition, initial=initial)
            return self._ask(request, chosen, [cast], form, to=request.path)
        form = VerbForm(chosen, definition, request.POST)
        if not form.is_valid():
            return self._ask(request, chosen, [cast], form, to=request.path)
        self._do(request, chosen, [cast.pk], form.wish(actor_of(request)))
        return HttpResponseRedirect(self.page_of(cast.pk))

    def share_view(self, request: HttpRequest, cast_id: UUID) -> HttpResponse:
        """Make a live link of a cast."""
        self.require_view(request)
        if not request.user.has_perm("casts.add_livelink"):
            raise PermissionDenied
        cast = Cast.objects.filter(pk=cast_id).first()
        if cast is None:
            raise Http404("There is no such cast.")
        if request.method == "POST":
            link = share(cast, strips_metadata="strip_metadata" in request.POST)
            self.log_addition(request, link, "Shared.")
            told = f"Whoever has this address can watch, until {link.expires_at:%Y-%m-%d}: "
            self.message_user(request, told + address_of(link), messages.SUCCESS)
        return HttpResponseRedirect(self.page_of(cast_id))

    def _verb(self, request: HttpRequest, name: str) -> Verb:
        self.require_view(request)
        verb = VERBS.get(name)
        if verb is None:
            raise Http404(f"There is no verb {name!r}.")
        if not request.user.has_perm(verb.permission):
            raise PermissionDenied
        return verb

    def _ask_many(
        self, request: HttpRequest, verb: Verb, casts: list[Cast], form: VerbForm
    ) -> HttpResponse:
        to = reverse("admin:casts_cast_selected", args=[verb.name])
        return self._ask(request, verb, casts, form, to=to, back=self.list_url)

    def _ask(  # noqa: PLR0913
        self,
        request: HttpRequest,
        verb: Verb,
        casts: list[Cast],
        form: VerbForm,
        *,
        to: str,
        back: str | None = None,
    ) -> HttpResponse:
        """Ask on a page that posts ``to`` an address; the selection travels frozen."""
        legal = sum(1 for cast in casts if cast.status in verb.legal_from)
        context = {
            **self.admin_site.each_context(request),
            "title": _question(verb, casts),
            "opts": self.opts,
            "verb": verb,
            "form": form,
            "targets": [(cast, short(cast.pk)) for cast in casts[:SHOWN_TARGETS]],
            "more": max(len(casts) - SHOWN_TARGETS, 0),
            "legal": legal,
            "refused": len(casts) - legal,
            "frozen": freeze(cast.pk for cast in casts),
            "to": to,
            "back": back or self.page_of(casts[0].pk),
        }
        return TemplateResponse(request, "admin/casts/cast/confirm.html", context)

    def _do(self, request: HttpRequest, verb: Verb, ids: Iterable[UUID], wish: Wish) -> None:
        results = act_on_each(verb, ids, wish)
        for cast in Cast.objects.filter(pk__in=results.done).select_related("version__spell"):
            self.log_change(request, cast, f"{verb.done.capitalize()}. {wish.reason}".strip())
        if results.done:
            count = len(results.done)
            whom = short(results.done[0]) if count == 1 else f"{count} casts"
            self.message_user(request, f"{whom} {verb.done}.", messages.SUCCESS)
        if results.refused:
            self.message_user(request, results.sentence(), messages.WARNING)

    @property
    def list_url(self) -> str:
        """The address of the list."""
        return reverse("admin:casts_cast_changelist")

    def page_of(self, cast_id: UUID) -> str:
        """Return the address of a cast's page."""
        return reverse("admin:casts_cast_change", args=[cast_id])

    def get_urls(self) -> list[URLPattern]:
        """Add the verbs before the admin's own addresses, which take everything."""
        view = self.admin_site.admin_view
        return [
            path("selected/<str:verb>/", view(self.selected_view), name="casts_cast_selected"),
            path("<uuid:cast_id>/share/", view(self.share_view), name="casts_cast_share"),
            path("<uuid:cast_id>/do/<str:verb>/", view(self.verb_view), name="casts_cast_verb"),
            *super().get_urls(),
        ]


def _question(verb: Verb, casts: list[Cast]) -> str:
    what = f"cast {short(casts[0].pk)}" if len(casts) == 1 else f"{len(casts)} casts"
    return f"{verb.label} {what}?"
