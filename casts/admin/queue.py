"""django-q2's own tables, read-only: editing a message or running it again bypasses our states."""

from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success

from spellhub.read_only import ReadOnlyAdmin


class QueueAdmin(ReadOnlyAdmin):
    """Messages that wait for a worker; each only says: look at this cast."""

    list_display = ("id", "key", "name", "func", "lock")
    list_filter = ("key",)
    fields = ("key", "lock", "task_id", "name", "func", "args")
    readonly_fields = ("task_id", "name", "func", "args")
    exact_ids = ()


class ScheduleAdmin(ReadOnlyAdmin):
    """What the queue runs again and again; written by spellhub.schedules."""

    list_display = ("name", "func", "schedule_type", "minutes", "cluster", "next_run")
    exact_ids = ()


class TaskAdmin(ReadOnlyAdmin):
    """Results the queue kept; normally none, the rows of casts tell what happened."""

    list_display = ("name", "func", "cluster", "started", "stopped")
    search_fields = ("name__exact", "func__exact")
    search_help_text = "A whole name or function."
    fields = ("id", "name", "func", "cluster", "args", "started", "stopped", "result")
    readonly_fields = ("result",)
    exact_ids = ()


def replace() -> None:
    """Take the queue's own pages, which can edit and resubmit, out of the admin."""
    pages = {OrmQ: QueueAdmin, Schedule: ScheduleAdmin, Success: TaskAdmin, Failure: TaskAdmin}
    for model, page in pages.items():
        if admin.site.is_registered(model):
            admin.site.unregister(model)
        admin.site.register(model, page)


replace()
