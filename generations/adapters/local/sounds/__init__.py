"""Sounds: composing and playing. Imports numpy, so only what runs in the child may use it."""
