"""A run as one HTML page for people, and as a section of a model card. Loads no torch."""

from faithlens.report.card import card
from faithlens.report.page import page

__all__ = ["card", "page"]
