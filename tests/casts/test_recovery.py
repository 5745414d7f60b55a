"""Finding what is due, and hinting it: promptly, once, fairly."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django_q.models import OrmQ
from hypothesis import given
from hypothesis import strategies as st

from casts import recovery
from casts.models import Cast
from casts.recovery import Due, fairly
from casts.states import Status as CastStatus
from casts.stuck import stuck
from generations.models import Generation
from generations.states import Status
from spellhub.database import now
from tests.factories import CastFactory, GenerationFactory, just_now

AGO = timedelta(minutes=5)


def hinted() -> list[str]:
    """The casts that queue messages speak of; the queue is emptied."""
    found = sorted(message.task["args"][0] for message in OrmQ.objects.all())
    OrmQ.objects.all().delete()
    return found


@pytest.mark.django_db
class TestTick:
    def test_a_cast_whose_first_hint_was_lost_is_hinted(self) -> None:
        cast = CastFactory(created_at=just_now() - AGO, quiet_until=just_now() - AGO)
        assert recovery.tick() == 1
        assert hinted() == [str(cast.id)]

    def test_a_cast_that_was_just_accepted_is_left_to_its_own_hint(self) -> None:
        CastFactory(quiet_until=just_now() + timedelta(seconds=30))
        assert recovery.tick() == 0

    @pytest.mark.failure("B4")
    def test_an_expired_lease_is_hinted_at_once(self) -> None:
        """Guard: the index of leases is asked each tick."""
        lost = GenerationFactory(
            status=Status.RUNNING, lease_until=just_now() - timedelta(seconds=1)
        )
        GenerationFactory(status=Status.RUNNING, lease_until=just_now() + timedelta(seconds=9))
        recovery.tick()
        assert hinted() == [str(lost.cast_id)]

    def test_a_hinted_cast_is_not_hinted_again_for_a_while(self) -> None:
        GenerationFactory(status=Status.RUNNING, lease_until=just_now() - AGO)
        assert [recovery.tick() for _ in range(3)] == [1, 0, 0]

    def test_the_quiet_time_grows(self) -> None:
        cast = GenerationFactory(status=Status.RUNNING, lease_until=just_now() - AGO).cast
        waits = []
        for _ in range(3):
            recovery.tick()
            cast.refresh_from_db()
            assert cast.quiet_until
            assert cast.hinted_at
            waits.append(round((cast.quiet_until - cast.hinted_at).total_seconds()))
            Cast.objects.update(quiet_until=just_now() - AGO)
        assert waits == [30, 60, 120]

    def test_what_became_due_after_the_last_hint_is_hinted_although_quiet(self) -> None:
        cast = CastFactory(
            status=CastStatus.RUNNING,
            hinted_at=just_now() - timedelta(seconds=5),
            quiet_until=just_now() + AGO,
        )
        GenerationFactory(cast=cast, next_look_at=just_now() - timedelta(seconds=1))
        assert recovery.tick() == 1

    @pytest.mark.failure("C7")
    def test_a_back_off_that_is_over_is_hinted(self) -> None:
        """Guard: the clock asks the column next_look_at each tick."""
        over = GenerationFactory(hold_reason="backoff", next_look_at=just_now() - AGO)
        GenerationFactory(hold_reason="backoff", next_look_at=just_now() + AGO)
        recovery.tick()
        assert hinted() == [str(over.cast_id)]

    def test_a_cast_past_its_deadline_is_hinted(self) -> None:
        late = CastFactory(status=CastStatus.RUNNING, deadline_at=just_now() - AGO)
        recovery.tick()
        assert hinted() == [str(late.id)]

    def test_ten_thousand_idle_rows_do_not_hide_the_due_one(self) -> None:
        cast = CastFactory(status=CastStatus.RUNNING)
        idle = GenerationFactory.build_batch(
            10_000, cast=cast, next_look_at=just_now() + timedelta(days=1)
        )
        for number, row in enumerate(idle):
            row.step = f"s{number}"
        Generation.objects.bulk_create(idle, batch_size=500)
        due = GenerationFactory(next_look_at=just_now() - timedelta(seconds=1))
        recovery.tick()
        assert hinted() == [str(due.cast_id)]

    def test_a_tick_hints_no_more_than_its_cap(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recovery, "HINTS_PER_TICK", 3)
        for _ in range(5):
            GenerationFactory(next_look_at=just_now() - AGO)
        assert [recovery.tick() for _ in range(3)] == [3, 2, 0]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 100)), max_size=30))
def test_every_account_is_served_before_any_is_served_twice(
    wanted: list[tuple[int, int]],
) -> None:
    base = just_now()
    due = [Due(uuid4(), account, base + timedelta(seconds=s)) for account, s in wanted]
    served = fairly(due)
    assert sorted(d.cast for d in served) == sorted(d.cast for d in due)
    seen: dict[int, int] = {}
    rounds = []
    for item in served:
        seen[item.account] = seen.get(item.account, 0) + 1
        rounds.append(seen[item.account])
    assert rounds == sorted(rounds)


@pytest.mark.django_db
class TestSweep:
    @pytest.mark.failure("B1")
    def test_a_running_cast_without_a_way_forward_is_woken(self) -> None:
        """Guard: the sweep finds what slipped between two steps."""
        slipped = CastFactory(status=CastStatus.RUNNING, created_at=just_now() - AGO)
        swept = recovery.sweep()
        assert hinted() == [str(slipped.id)]
        assert (swept.looked_at, swept.woken, swept.failed) == (1, 1, 0)

    @pytest.mark.failure("C6")
    def test_living_and_final_casts_are_left_alone(self) -> None:
        """Guard: only live casts without a live attempt, or long overdue, are woken."""
        GenerationFactory(next_look_at=just_now() + AGO)
        CastFactory(status=CastStatus.FAILED, created_at=just_now() - AGO)
        assert recovery.sweep().woken == 0

    def test_it_pages_through_all_live_casts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recovery, "SWEEP_PAGE", 2)
        for _ in range(5):
            CastFactory(status=CastStatus.RUNNING, created_at=just_now() - AGO)
        assert recovery.sweep().woken == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: CastFactory(created_at=just_now() - AGO), "never_started"),
        (
            lambda: GenerationFactory(status=Status.RUNNING, lease_until=just_now() - AGO).cast,
            "lease_expired",
        ),
        (
            lambda: CastFactory(status=CastStatus.RUNNING, created_at=just_now() - AGO),
            "between_steps",
        ),
        (lambda: GenerationFactory(next_look_at=just_now() - AGO).cast, "between_steps"),
        (
            lambda: CastFactory(status=CastStatus.RUNNING, deadline_at=just_now() - AGO),
            "past_deadline",
        ),
    ],
)
def test_a_stuck_cast_is_found_with_its_reason(make: object, reason: str) -> None:
    cast = make()  # type: ignore[operator]
    GenerationFactory(status=Status.RUNNING)
    CastFactory()
    CastFactory(status=CastStatus.FAILED, created_at=just_now() - AGO)
    found = stuck(now())
    assert [(row.id, row.stuck_reason) for row in found] == [(cast.id, reason)]
    assert found[0].stuck_since is not None
    assert found[0].stuck_since <= just_now()


@pytest.mark.django_db
def test_a_step_that_waits_for_its_backoff_is_not_stuck() -> None:
    GenerationFactory(hold_reason="backoff", next_look_at=just_now() + AGO)
    assert list(stuck(now())) == []
    assert Generation.objects.filter(next_look_at__gt=F("created_at")).count() == 1
