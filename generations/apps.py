from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    """Tools, attempts and what they produce."""

    name = "generations"

    def ready(self) -> None:
        """Make a tool that cannot run loud at start."""
        import generations.checks  # noqa: F401, PLC0415
