"""Sessions written as files for other programs. Pure."""
