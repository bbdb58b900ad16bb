"""Options that are quantities, counts or levels of a scale, and what a think measures, counts or grades."""
