"""What is next for a cast. Pure: plain values in, moves out; no Django, clock or randomness."""

from casts.planner.moves import Drop, Fail, Finish, Move, Refuse, Skip, Slot, Start
from casts.planner.planning import plan
from casts.planner.situation import Attempt, Situation

__all__ = [
    "Attempt",
    "Drop",
    "Fail",
    "Finish",
    "Move",
    "Refuse",
    "Situation",
    "Skip",
    "Slot",
    "Start",
    "plan",
]
