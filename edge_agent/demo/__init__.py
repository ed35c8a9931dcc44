"""The whole product on one machine: a shipped clip, an embedded broker and a local "cloud"."""
