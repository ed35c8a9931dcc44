"""Building sessions out of reps: pure rules, with the time as an argument."""
