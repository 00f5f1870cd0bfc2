"""
Play every scenario with the oldest and the newest version of each library.

    python -m tests.rules_made                        # all of it: half an hour, and pip's network
    python -m tests.rules_made telegram queues        # what is about the rules of these areas
    python -m tests.rules_made --library aiogram      # one library

Fails where a version prints what no rule, or another rule, recognises. Run by hand: before a
release, and when a library has a new one.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import TimeoutExpired

from logcascade.model.records import Record
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher
from tests.rules_made.environments import (
    Environment,
    EnvironmentMissingError,
    load_environments,
    made,
)
from tests.rules_made.playing import play, recognised, without_tracebacks
from tests.rules_made.scenarios import LIFE

RULES = Path(__file__).parents[2] / "rules"
REAL = "real run"
"""What the origin of an example says where a program was made to print it."""

EXIT_CHANGED = 1
EXIT_LEFT_OUT = 2


@dataclass(slots=True)
class Played:
    """What one version printed."""

    environment: Environment
    version: str
    rules: set[str] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    left_out: str = ""


def play_all(environment: Environment, matcher: Matcher) -> Played:
    """Play all scenarios of an environment, and compare what is recognised with what should be."""
    try:
        with made(environment) as (python, version):
            played = Played(environment, version)
            for (script, scenario, mark), expected in sorted(environment.expected.items()):
                records = play(python, script, scenario).get(mark, [])
                found = recognised(matcher, records, expected)
                played.rules |= recognised(matcher, records, LIFE)
                played.rules |= recognised(matcher, without_tracebacks(records), LIFE)
                if found != expected:
                    played.changed.append(f"{script} {mark}: {_difference(found, expected)}")
                    if not records:
                        words = _last_words(play(python, script, scenario).get(scenario, []))
                        played.changed += [each for each in words if each not in played.changed]
            return played
    except (EnvironmentMissingError, TimeoutExpired) as error:
        return Played(environment, "?", left_out=str(error))


def _difference(found: AbstractSet[str], expected: AbstractSet[str]) -> str:
    """Return what is recognised and should not be, and the other way round."""
    more, less = sorted(found - expected), sorted(expected - found)
    return "; ".join(
        f"{word} {', '.join(each)}" for word, each in (("also", more), ("not", less)) if each
    )


def _last_words(printed: Sequence[Record]) -> list[str]:
    """Return the last line of a script that ended before its first mark."""
    return [record.text.splitlines()[-1] for record in printed[:1]]


def areas_of(rules: Ruleset, ids: Iterable[str]) -> set[str]:
    """Return the areas of these rules; what is no rule has none."""
    return {rules.rules[each].area for each in ids if each in rules.rules}


def render(rules: Ruleset, played: Sequence[Played], areas: AbstractSet[str]) -> str:
    """Return the table: area, rules, made by a real run once, seen in this run, versions."""
    lines = ["area        rules  made by a real run  seen now  libraries, oldest to newest"]
    for area in sorted(areas):
        own = {rule.id for rule in rules.rules.values() if rule.area == area}
        made_once = {each for each in own if _has_real_example(rules, each)}
        seen = {each for one in played for each in one.rules & own}
        by_library: Mapping[str, list[str]] = defaultdict(list)
        for one in played:
            if one.rules & own:
                by_library[one.environment.library].append(one.version)
        versions = [f"{name} {' to '.join(found)}" for name, found in sorted(by_library.items())]
        counts = f"{len(own):>7}  {len(made_once | seen):>18}  {len(seen):>8}"
        lines.append(f"{area:<10}{counts}  {', '.join(versions)}")
        if own - made_once - seen:
            lines.append(f"            never made: {', '.join(sorted(own - made_once - seen))}")
    return "\n".join(lines)


def _has_real_example(rules: Ruleset, rule: str) -> bool:
    return any(each.matches and REAL in each.origin for each in rules.rules[rule].examples)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, print the table, and say by the exit status whether all is as it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.rules_made")
    parser.add_argument("areas", nargs="*", metavar="AREA")
    parser.add_argument("--library", metavar="NAME")
    asked = parser.parse_args(arguments)
    rules = load_rules([RULES])
    matcher = Matcher(rules)
    known = {rule.area for rule in rules.rules.values()}
    wanted = set(asked.areas) or known
    if not wanted <= known:
        parser.error(f"no such area: {', '.join(sorted(wanted - known))}")
    played = []
    touched: set[str] = set()
    for environment in load_environments():
        about = areas_of(rules, {one for each in environment.expected.values() for one in each})
        if not about & wanted or asked.library not in (None, environment.library):
            continue
        touched |= about
        one = play_all(environment, matcher)
        played.append(one)
        sys.stdout.write(line_of(one) + "\n")
        sys.stdout.flush()
    shown = wanted & touched if asked.library else wanted
    sys.stdout.write("\n" + render(rules, played, shown) + "\n")
    if any(one.changed for one in played):
        return EXIT_CHANGED
    return EXIT_LEFT_OUT if any(one.left_out for one in played) else 0


def line_of(one: Played) -> str:
    """Return what to say of one environment: a line, and one more for each difference."""
    environment = one.environment
    name = (
        f"{environment.library} {one.version} ({environment.version}), Python {environment.python}"
    )
    if one.left_out:
        return f"{name}: left out: {one.left_out}"
    count = len(environment.expected)
    differ = f"{len(one.changed)} print something else" if one.changed else "as the rules say"
    changed = [f"    {each}" for each in one.changed]
    return "\n".join([f"{name}: {count} scenarios, {differ}", *changed])


if __name__ == "__main__":
    sys.exit(main())
