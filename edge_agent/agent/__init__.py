"""The agent role: turns poses into saved sessions, shows them live, and forwards them."""
