"""What a history adds up to: totals, streaks, personal records and trends."""
