"""Measuring spellhub: ``make bench``."""
