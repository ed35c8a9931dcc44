"""Everything between a kiosk and the cloud's database killed, cut, flooded and shuffled, and the account of it."""
