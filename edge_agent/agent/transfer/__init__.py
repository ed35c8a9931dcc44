"""Files of workouts on their way in and out, over the journal."""
