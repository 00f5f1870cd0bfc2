"""From bytes as they were written to plain lines: decoded, without codes, as many as came."""
