"""Files of other programs, read into sessions: bytes in, workouts and refusals out. Pure; docs/interchange.md."""
