"""`python -m faithlens` is `faithlens`."""

from faithlens.cli import main

main()
