"""A laboratory that lets a real bot fail in known ways and records what its logs then look like.

A development tool: it makes `sample_logs/` and is not part of the installed package.
"""
