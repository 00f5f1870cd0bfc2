"""``python -m logcascade`` is the command ``logcascade``."""

from logcascade.cli.app import main

main()
