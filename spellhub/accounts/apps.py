from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """API keys, budgets and idempotency keys of accounts (Django's users)."""

    name = "spellhub.accounts"
    label = "accounts"
