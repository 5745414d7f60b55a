"""Limits on guessing: so many tries of something within a time, counted in the database.

A try is taken before the guess is looked at, by a conditional update: guesses that come at the same
moment cannot pass the limit together. Who or what is counted stands there only as a keyed digest,
because people type passwords into the field for their name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.crypto import salted_hmac

from spellhub import database
from spellhub.accounts.models import Tries

KEPT = timedelta(days=1)
PURGED_AT_ONCE = 1000


@dataclass(frozen=True)
class Limit:
    """At most so many tries within a time that begins with the first of them."""

    name: str
    tries: int
    within: timedelta

    def take(self, subject: str) -> timedelta | None:
        """Count a try; return None when it is allowed, else how long there will be none."""
        now = database.now()
        row, _ = Tries.objects.get_or_create(subject=self._digest(subject), defaults={"since": now})
        rows = Tries.objects.filter(pk=row.pk)
        rows.filter(since__lte=now - self.within).update(count=0, since=now)
        if rows.filter(count__lt=self.tries).update(count=F("count") + 1):
            return None
        since: datetime = rows.values_list("since", flat=True).first() or now
        return max(since + self.within - now, timedelta(seconds=1))

    def give_back(self, subject: str) -> None:
        """Take a try out again: it was no guess."""
        rows = Tries.objects.filter(subject=self._digest(subject), count__gt=0)
        rows.update(count=F("count") - 1)

    def _digest(self, subject: str) -> str:
        keyed = salted_hmac(f"spellhub.accounts.limits.{self.name}", subject, algorithm="sha256")
        return keyed.hexdigest()


def purge() -> int:
    """Forget tries of long ago, some at a time; return how many."""
    old = Tries.objects.filter(since__lte=database.now() - KEPT)
    some = list(old.order_by("since").values_list("pk", flat=True)[:PURGED_AT_ONCE])
    return Tries.objects.filter(pk__in=some).delete()[0]
