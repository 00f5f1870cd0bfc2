"""How fast and how large the program is, beside others: ``python -m tests.benchmark``."""
