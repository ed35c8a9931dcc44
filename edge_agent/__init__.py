"""The gym kiosk: watches one training spot, counts reps, keeps every workout, forwards it to the cloud."""

__version__ = "0.1.0"
