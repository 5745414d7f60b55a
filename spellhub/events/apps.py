from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Durable, numbered facts."""

    name = "spellhub.events"
    label = "events"
