"""The JSON interface: what the pages show, for programs."""
