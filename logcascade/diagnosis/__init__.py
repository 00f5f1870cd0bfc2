"""Incidents to cascades: recurrence, what is ruled out, remedies."""
