"""Logs of a thousand records, each written by the program whose format it is."""
