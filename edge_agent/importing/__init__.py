"""Files of other programs, read into sessions. Pure."""
