"""What the running processes leave behind for each other and for people."""

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from spellhub.identifiers import uuid7


class Heartbeats(models.QuerySet["ProcessHeartbeat"]):
    """The processes of spellhub, wherever they run."""

    def heard(self, role: str, within_s: float) -> "Heartbeats":
        """Return the processes of a role that were heard from in the last seconds."""
        return self.filter(role=role, beat_at__gt=Now() - timedelta(seconds=within_s))

    def forget(self, after_s: float) -> int:
        """Delete the processes not heard from for so many seconds; return how many."""
        return self.filter(beat_at__lt=Now() - timedelta(seconds=after_s)).delete()[0]


class ProcessHeartbeat(models.Model):
    """One process, as last heard from.

    ``doing`` names its task; empty while it is idle. ``since`` is when it began or stopped.
    """

    class Role(models.TextChoices):
        WEB = "web"
        WORKER = "worker"
        SWEEP = "sweep"
        CLOCK = "clock"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.CharField(max_length=10, choices=Role)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    doing = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now(), db_index=True)

    objects = Heartbeats.as_manager()

    def __str__(self) -> str:
        return f"{self.role} {self.pid} on {self.host}"


class ClockLease(models.Model):
    """Who may act for now where many processes run and one should act: the clock, the sweep.

    A holder that dies is replaced when its lease expires, by the database's time.
    """

    name = models.CharField(max_length=20, primary_key=True)
    holder = models.UUIDField(null=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder or 'free'}"

    @classmethod
    def take(cls, name: str, holder: UUID, seconds: float) -> bool:
        """Take or renew a lease for so many seconds; return whether we hold it now."""
        return cls._claim(name, holder, seconds) or (
            cls._is_new(name) and cls._claim(name, holder, seconds)
        )

    @classmethod
    def give_back(cls, name: str, holder: UUID) -> bool:
        """Let others take a lease at once; return whether it was ours."""
        ours = cls.objects.filter(name=name, holder=holder)
        return bool(ours.update(holder=None, expires_at=Now()))

    @classmethod
    def _claim(cls, name: str, holder: UUID, seconds: float) -> bool:
        free = Q(holder__isnull=True) | Q(holder=holder) | Q(expires_at__lt=Now())
        until = Now() + timedelta(seconds=seconds)
        return bool(cls.objects.filter(free, name=name).update(holder=holder, expires_at=until))

    @classmethod
    def _is_new(cls, name: str) -> bool:
        return cls.objects.get_or_create(name=name, defaults={"expires_at": Now()})[1]


class SweepRun(models.Model):
    """One sweep: when, by whom, and what it found. Unfinished when it was cut short."""

    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    looked_at = models.PositiveIntegerField(default=0)
    woken = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=20)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["finished_at"], name="sweep_run_finished")]

    def __str__(self) -> str:
        return f"sweep by {self.by} at {self.started_at}"

    @classmethod
    def is_late(cls, after_s: float) -> bool:
        """Return whether no sweep has finished in the last seconds."""
        recent = cls.objects.filter(finished_at__gt=Now() - timedelta(seconds=after_s))
        return not recent.exists()
