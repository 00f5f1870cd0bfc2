"""Runs trials of remedies and writes what they show: ``python -m tests.remedies [ID...]``."""

import argparse
import logging
import sys

from tests.remedies.trials import absent, keep, remedies_with_trials, told, trials_of


def main() -> None:
    """Run the trials of the remedies that are named, or of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.remedies", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="which remedies; all without any")
    logging.getLogger().addHandler(logging.NullHandler())  # what the libraries say is not shown
    for remedy in parser.parse_args().ids or remedies_with_trials():
        trials = trials_of(remedy)
        missing = sorted({name for trial in trials for name in absent(trial)})
        if missing:
            sys.stdout.write(f"{remedy}: not run, {', '.join(missing)} not installed\n")
            continue
        path = keep(remedy, [told(trial) for trial in trials])
        sys.stdout.write(f"{path.name} of {remedy}:\n{path.read_text('utf-8')}\n")


if __name__ == "__main__":
    main()
