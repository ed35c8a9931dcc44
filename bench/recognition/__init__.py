"""Training the recognition of exercises: `python -m bench.recognition TRACKS`."""
