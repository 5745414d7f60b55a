"""Accounts, their keys and budgets in the admin. Accounts are switched off, never deleted."""

# The admin calls its methods with all their arguments, wanted or not.
# ruff: noqa: ARG002

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

from spellhub.accounts.forms import AdminSignInForm
from spellhub.accounts.models import ApiKey, Budget
from spellhub.money import MoneyField
from spellhub.read_only import NeverDeleted
from spellhub.revoking import RevokingAdmin

admin.site.unregister(User)
admin.site.login_form = AdminSignInForm


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Django's user is the account."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: deactivate it instead, so that what it did stays on record."""
        return False


@admin.register(ApiKey)
class ApiKeyAdmin(RevokingAdmin):
    """Keys are issued and revoked, never changed; each is shown once, in the answer to its form."""

    list_display = (
        "prefix",
        "name",
        "account",
        "is_service",
        "created_at",
        "last_used_at",
        "state",
    )
    list_filter = ("is_service",)
    list_select_related = ("account",)
    search_fields = ("prefix__istartswith", "name__istartswith", "account__username__iexact")
    search_help_text = "The start of a key or of its name, or a whole account."
    ordering = ("-id",)
    autocomplete_fields = ("account",)

    @admin.display(description="state")
    def state(self, key: ApiKey) -> str:
        """Say whether the key lets anybody in."""
        return "open" if key.revoked_at is None else f"revoked {key.revoked_at:%Y-%m-%d %H:%M}"

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Ask for what a new key needs; show everything else of an old one."""
        asked = ["account", "name", "is_service"]
        return asked if obj is None else ["prefix", *asked, "created_at", "last_used_at", "state"]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Let nothing be changed afterwards."""
        return [] if obj is None else self.get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001
        """Issue the key."""
        if change:
            return
        row, key = ApiKey.issue(obj.account, name=obj.name, is_service=obj.is_service)
        obj.pk, obj.prefix, obj.digest = row.pk, row.prefix, row.digest
        obj.issued_key = key  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key once, in this answer only: a message would keep it in a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The new API key",
            "opts": self.opts,
            "key": obj.issued_key,  # type: ignore[attr-defined]
            "row": obj,
        }
        response = TemplateResponse(request, "admin/accounts/apikey/issued.html", context)
        add_never_cache_headers(response)
        return response


class BudgetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A budget of an account."""

    account = forms.ModelChoiceField(User.objects.order_by("username"), required=True)

    class Meta:
        model = Budget
        fields = ("ceiling",)

    def clean_account(self) -> User:
        """Refuse a second budget for one account."""
        account: User = self.cleaned_data["account"]
        if Budget.objects.filter(owner=_owner(account)).exists():
            raise forms.ValidationError("This account has a budget already; change that one.")
        return account


def _owner(account: User) -> str:
    return f"account:{account.pk}"


@admin.register(Budget)
class BudgetAdmin(NeverDeleted):
    """Only the ceiling is for people: what is spent and reserved follows from what ran."""

    list_display = ("account_name", "ceiling", "spent", "reserved")
    search_fields = ("owner__exact",)
    search_help_text = "A whole owner: account:7."
    ordering = ("owner",)
    form = BudgetForm
    formfield_overrides: ClassVar = {MoneyField: {"min_value": 0}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:
        """Add the name of each budget's account."""
        owner = Concat(Value("account:"), Cast("pk", CharField()))
        accounts = User.objects.annotate(owner=owner).filter(owner=OuterRef("owner"))
        rows: QuerySet[Budget] = super().get_queryset(request)
        return rows.annotate(username=Subquery(accounts.values("username")[:1]))

    @admin.display(description="account", ordering="owner")
    def account_name(self, budget: Budget) -> str:
        """Name the account."""
        return getattr(budget, "username", None) or budget.owner

    def get_form(
        self, request: HttpRequest, obj: Budget | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Ask for the account only while the budget is new."""
        if obj is not None:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, *args, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Budget | None = None) -> Any:
        """Show what was spent once there is something to show."""
        if obj is None:
            return ["account", "ceiling"]
        return ["account_name", "ceiling", "spent", "reserved"]

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> list[str]:
        """Let the ceiling alone be changed."""
        return [] if obj is None else ["account_name", "spent", "reserved"]

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:  # noqa: FBT001
        """Write the ceiling only: amounts may have moved while the form was open."""
        if change:
            Budget.objects.filter(pk=obj.pk).update(ceiling=obj.ceiling)
            return
        obj.owner = _owner(form.cleaned_data["account"])
        super().save_model(request, obj, form, change)
