"""faithlens audits whether the reasoning that a medical vision-language model writes is the one it used."""
