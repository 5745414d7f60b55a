"""What the list of casts can be narrowed to. Counts nothing; every list is bounded."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from casts.models import Cast, Spell
from casts.states import LIVE, Reason, Status

Choices = list[tuple[str, str]]
MAX_CHOICES = 50
# The codes offered are those of so many casts that failed last.
RECENT_FAILURES = 500


class _ChosenFilter(SimpleListFilter):
    def _with_chosen(self, choices: Choices) -> Choices:
        """Keep what the address asks for among the choices, also when it is rare."""
        chosen = self.used_parameters.get(self.parameter_name or "")
        if chosen and chosen not in dict(choices):
            choices = [(str(chosen), str(chosen)), *choices]
        return choices


class StuckFilter(SimpleListFilter):
    """Stuck at all, or for one reason."""

    title = "stuck"
    parameter_name = "stuck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Offer the reasons."""
        return [("any", "Stuck"), *((r.value, r.value.replace("_", " ")) for r in Reason)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the casts that are stuck so; only live ones can be."""
        if not self.value():
            return queryset
        live = queryset.filter(status__in=LIVE)
        if self.value() == "any":
            return live.filter(stuck_reason__isnull=False)
        return live.filter(stuck_reason=self.value())


class SpellFilter(_ChosenFilter):
    """One spell."""

    title = "spell"
    parameter_name = "spell"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Offer the spells that were changed last."""
        slugs = Spell.objects.order_by("-updated_at").values_list("slug", flat=True)
        return self._with_chosen(sorted((slug, slug) for slug in slugs[:MAX_CHOICES]))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the casts of any version of the spell."""
        return queryset.filter(version__spell__slug=self.value()) if self.value() else queryset


class CodeFilter(_ChosenFilter):
    """One failure code."""

    title = "failure code"
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Offer the codes of recent failures."""
        failed = Cast.objects.filter(status=Status.FAILED).order_by("-id")
        codes = failed.values_list("failure__code", flat=True)[:RECENT_FAILURES]
        return self._with_chosen(sorted((code, code) for code in {*codes} if code))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the casts that failed with the code."""
        if not self.value():
            return queryset
        return queryset.filter(status=Status.FAILED, failure__code=self.value())
