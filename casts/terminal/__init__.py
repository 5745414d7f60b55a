"""Casting from a shell: reading inputs, following, saving what came out."""
