"""Building sessions out of reps: pure rules."""
