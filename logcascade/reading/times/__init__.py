"""The stamps of lines as times: what they say, and what has to be assumed for the rest."""
