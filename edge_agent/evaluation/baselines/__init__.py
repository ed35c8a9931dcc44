"""Counters that people use today, written anew from their documented behaviour, fed with the same landmarks as ours."""
