"""What is written: the output schema, and the one writer of files."""
