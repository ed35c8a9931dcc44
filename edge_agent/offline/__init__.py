"""Recordings instead of a camera: landmark tracks and films, read, counted and drawn."""
