"""A first line that is no text is nobody's greeting: a finder of literals may not take it."""

import pytest

from logcascade.reading.greeting import _literal


@pytest.mark.parametrize("byte", ["\x00", "\udcff", "\x1b"])
def test_a_first_line_of_bytes_that_are_no_text_is_not_looked_for(byte: str):
    assert _literal("Starting the bot") == "Starting the bot"
    assert _literal(f"{byte}Starting the bot") == ""
