"""Sessions written as files for other programs: sessions in, bytes out. Pure; docs/interchange.md."""
