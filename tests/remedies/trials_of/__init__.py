"""One module a remedy: the loads under which it is tried."""
