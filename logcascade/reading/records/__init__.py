"""From noticed lines to whole records: what belongs together, and what was raised."""
