"""Members at this kiosk: accounts in the journal, how they prove who they are, and how they leave."""
