"""From the bytes of a source to plain lines with an entry or less each, as many as there were."""
