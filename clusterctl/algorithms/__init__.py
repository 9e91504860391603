"""The seven algorithms by name."""
