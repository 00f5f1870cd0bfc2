"""`python -m laboratory list`, `run STORY...`, `all`, `remedies [ROW...]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from laboratory import article, comparison, comparison_pages, samples
from laboratory.remedy_stories import HOURS, ROWS
from laboratory.run import WORK, run
from laboratory.stories import STORIES, load

OUT = Path(__file__).parent.parent / "sample_logs"


def regenerate(name: str, out: Path, rerun: bool) -> None:
    """Run one story (or take its last run) and write its sample."""
    if name == "article":
        article.write(out / name)
        return
    story = load(name)
    if rerun and not story.cut_from:
        run(name)
    samples.write(story, WORK / (story.cut_from or name), out / name)


def main() -> int:
    """Run the stories that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m laboratory", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the stories")
    one = commands.add_parser("run", help="run stories and write their samples")
    every = commands.add_parser("all", help="run all stories")
    one.add_argument("story", nargs="+", choices=[*STORIES, "article", "trial"])
    for command in (one, every):
        command.add_argument("--out", type=Path, default=OUT, help="default: sample_logs/")
        command.add_argument(
            "--no-run", action="store_true", help="write the sample again from the last run"
        )
    remedies = commands.add_parser("remedies", help="run the bot with and without the remedies")
    remedies.add_argument("row", nargs="*", help=f"{', '.join(ROWS)}; without any, all")
    remedies.add_argument(
        "--hours", type=float, default=HOURS, help="other than %(default)g: only to look at"
    )
    remedies.add_argument(
        "--no-run", action="store_true", help="write the pages again from remedies.json"
    )
    options = parser.parse_args()
    if options.command == "list":
        for story in STORIES.values():
            sys.stdout.write(f"{story.name:24}{story.title}\n")
        return 0
    if options.command == "remedies":
        if unknown := set(options.row) - ROWS.keys():
            parser.error(f"no such row: {', '.join(sorted(unknown))}")
        if not options.no_run:
            comparison.compare(options.row or ROWS, options.hours)
        comparison_pages.write()
        return 0
    for name in [*STORIES, "article"] if options.command == "all" else options.story:
        sys.stderr.write(f"{name} ...\n")
        regenerate(name, options.out, not options.no_run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
