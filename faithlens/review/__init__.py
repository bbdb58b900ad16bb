"""Blinded sets for clinicians: drawn from a run, written in their tools' formats, ratings read back."""
