"""An analysis as text: for a terminal, for a ticket, for a program."""
