"""One format a module, each with its `READER`; a new module here is a new format."""
