"""Where a watch tells what happens: standard output, and a person's command."""

from typing import TYPE_CHECKING

from logcascade import __version__
from logcascade.cli import talk
from logcascade.cli.on_incident import Commands
from logcascade.report.happening_words import render_happening
from logcascade.report.presentable import presentable
from logcascade.report.view import Context
from logcascade.report.watch_report import event_json
from logcascade.report.words import short_names

if TYPE_CHECKING:
    from logcascade.model.happenings import Happening
    from logcascade.ruleset.collection import Ruleset


class Outlet:
    """Tells each thing once, safe to show."""

    def __init__(
        self,
        name: str,
        ruleset: "Ruleset",
        commands: Commands | None,
        *,
        as_json: bool,
        redact: bool,
    ) -> None:
        """*name* is that of the log."""
        units = {name: rule.units for name, rule in ruleset.rules.items() if rule.units}
        self._context = Context(version=__version__, units=units, redacted=redact)
        self._commands = commands
        self._as_json = as_json
        self._names = short_names([name])
        self.has_reader = True
        """Whether somebody still reads what is told."""

    def tell(self, happening: "Happening") -> None:
        """Tell of one thing."""
        shown = presentable(happening, redact=self._context.redacted)
        text = render_happening(shown, self._context, self._names)
        data = event_json(shown, text, self._context)
        is_read = talk.write_out(data) if self._as_json else talk.say(f"{text}\n")
        self.has_reader = self.has_reader and is_read
        if self._commands is not None:
            self._commands.start(data)

    def poll(self) -> None:
        """Say what has come of the commands."""
        if self._commands is not None:
            self._commands.poll()
