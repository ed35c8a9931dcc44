"""The pages for people: whole HTML from the server, kept up to date by small scripts."""
