"""Counting reps and judging form: pure rules over landmarks."""
