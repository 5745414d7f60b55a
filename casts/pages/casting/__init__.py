"""Casting from the browser: the spells there are, a form for each, and what an account has cast."""
