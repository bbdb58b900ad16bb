"""Families of checkpoints, one file each, named after the model_type in config.json."""
