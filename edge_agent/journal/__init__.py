"""The journal: TinyDB on a crash-safe append-only file."""
