from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The running of spellhub: its processes, their supervision, health."""

    name = "spellhub.console"
    label = "console"

    def ready(self) -> None:
        """Register the checks that refuse settings known to lose work."""
        import spellhub.checks  # noqa: F401, PLC0415
