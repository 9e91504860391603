"""A first config for a table: what its columns hold, and what to do with them for a use."""
