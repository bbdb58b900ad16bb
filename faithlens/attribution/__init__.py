"""Where in the image a reply comes from: maps over merged image tokens, and exams that each method has to pass."""
