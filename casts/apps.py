from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CastsConfig(AppConfig):
    """Spells and casts: the engine."""

    name = "casts"

    def ready(self) -> None:
        """Keep the database's own refusals in place, and check that they are."""
        import casts.checks  # noqa: F401, PLC0415
        from casts.models import REFUSALS as CASTS  # noqa: PLC0415
        from generations.models import REFUSALS as GENERATIONS  # noqa: PLC0415
        from spellhub.triggers import installer  # noqa: PLC0415

        post_migrate.connect(installer([*CASTS, *GENERATIONS]), sender=self, weak=False)
