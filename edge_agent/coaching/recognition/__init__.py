"""Which exercise somebody does, told from how they move."""

AUTOMATIC = "auto"
"""Chosen instead of an exercise: find out which one is done."""
