"""One tool's format a file, found by looking here."""
