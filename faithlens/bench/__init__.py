"""`faithlens bench`: what the engine costs, beside the ways it replaces and the bound it cannot pass."""
