"""What changed between two definitions of a spell, step by step and member by member. Pure."""

from casts.comparing.changes import Change, Comparison, Edition, Part, What
from casts.comparing.editions import compare

__all__ = ["Change", "Comparison", "Edition", "Part", "What", "compare"]
