"""Times in templates: relative in the text, absolute on hover."""

from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casts import spans

register = template.Library()


@register.filter
def spoken(span: object) -> str:
    """Write a length of time; a dash for none, as for what a template could not look up."""
    return spans.spoken(span) if isinstance(span, timedelta) else "—"


@register.simple_tag
def ago(at: datetime | None, now: datetime) -> SafeString | str:
    """Write how long ago something was."""
    if at is None:
        return "—"
    words = f"{spans.spoken(now - at)} ago"
    return _time(at, words, spans.clock(at, now))


@register.simple_tag
def clock(at: datetime | None, now: datetime) -> SafeString | str:
    """Write when something was."""
    return "—" if at is None else _time(at, spans.clock(at, now), f"{spans.spoken(now - at)} ago")


@register.simple_tag
def time_of_day(at: datetime) -> SafeString:
    """Write a time of day, as in a list of events."""
    return _time(at, f"{at:%H:%M:%S}", f"{at:%Y-%m-%d %H:%M:%S} UTC")


def _time(at: datetime, words: str, title: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, words)
