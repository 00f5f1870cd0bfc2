"""Bytes to records: what a line is, when it was written, where its record ends, what was raised."""
