"""One kind of evidence a file: each gives a value for every partition, (C,) by name."""
