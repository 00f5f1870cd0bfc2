"""How good the verdicts are, measured against labelled logs: ``python -m tests.evaluation``."""
