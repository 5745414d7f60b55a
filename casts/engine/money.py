"""The money of an attempt: reserved when it is claimed, then settled or released, once each.

One place writes charges; all amounts come from ``generations.pricing``.
"""

from decimal import Decimal

from django.db.models import F

from casts.engine.turn import Turn
from generations.models import Charge, Generation
from generations.pricing import price_of
from generations.states import HoldReason
from generations.tools import catalogue
from spellhub.accounts.models import Budget
from spellhub.money import amount_of

# How often a step that waits for its budget is looked at again.
BUDGET_PATIENCE_S = 60.0


def reserve(turn: Turn, generation: Generation) -> bool:
    """Set the price of an attempt aside; say whether it may be spent.

    An attempt that does not fit the account's budget is not started: it waits, with the reason.
    """
    amount = _price(generation)
    if not amount or generation.epoch > 0:
        return True
    owner = f"account:{turn.cast.account_id}"
    budget = Budget.objects.filter(owner=owner)
    fits = budget.filter(Budget.room_for(amount)).update(reserved=F("reserved") + amount_of(amount))
    if not fits and budget.exists():
        if generation.hold_reason != HoldReason.BUDGET:
            turn.note_step("step_held", generation, reason="budget", amount=str(amount))
        turn.hold(generation, HoldReason.BUDGET, turn.after(BUDGET_PATIENCE_S))
        return False
    turn.charges.append(
        Charge(generation=generation, kind=Charge.Kind.RESERVED, amount=amount, at=turn.now)
    )
    return True


def settle(turn: Turn, generation: Generation, reported: Decimal | None) -> None:
    """Charge an attempt that delivered: what its provider reported, else its price."""
    amount = reported if reported is not None else _price(generation)
    _close(turn, generation, Charge.Kind.SETTLED, amount)


def release(turn: Turn, generation: Generation) -> None:
    """Give back what was set aside for an attempt that delivered nothing."""
    _close(turn, generation, Charge.Kind.RELEASED, None)


def _close(turn: Turn, generation: Generation, kind: Charge.Kind, amount: Decimal | None) -> None:
    if not _price(generation) and not amount:
        return
    entries = {c.kind: c.amount for c in Charge.objects.filter(generation=generation)}
    held = entries.get(Charge.Kind.RESERVED)
    if held is None and not amount:
        return
    if Charge.Kind.SETTLED in entries or Charge.Kind.RELEASED in entries:
        return
    held = held or Decimal(0)
    booked = held if kind == Charge.Kind.RELEASED else (amount or Decimal(0))
    Charge.objects.create(generation=generation, kind=kind, amount=booked, at=turn.now)
    spent = booked if kind == Charge.Kind.SETTLED else Decimal(0)
    Budget.objects.filter(owner=f"account:{turn.cast.account_id}").update(
        reserved=F("reserved") - amount_of(held), spent=F("spent") + amount_of(spent)
    )


def _price(generation: Generation) -> Decimal:
    return price_of(catalogue.find(generation.tool))
