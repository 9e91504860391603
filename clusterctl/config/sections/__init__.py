"""The config sections that no other room owns."""
