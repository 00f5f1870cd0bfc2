"""Lines and entries whose parts are fields: JSON and logfmt, by the meaning of their keys."""
