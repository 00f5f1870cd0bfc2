"""The trials of the remedies, run again: what was written is what they show."""

import pytest

from tests.remedies.trials import Trial, absent, kept, remedies_with_trials, trials_of

REMEDY_IDS = remedies_with_trials()


def known() -> list[tuple[str, Trial]]:
    found = []
    for remedy in REMEDY_IDS:
        try:
            found += [(remedy, trial) for trial in trials_of(remedy)]
        except ImportError:
            continue  # the next test says so
    return found


@pytest.mark.remedies
@pytest.mark.parametrize("remedy", REMEDY_IDS)
def test_every_trial_was_written_down(remedy: str) -> None:
    try:
        trials = trials_of(remedy)
    except ImportError as error:
        pytest.skip(f"not run: {error.name} is not installed (logcascade[remedies])")
    assert {trial.id for trial in trials} <= kept(remedy).keys()


@pytest.mark.remedies
@pytest.mark.parametrize(
    ("remedy", "trial"), [pytest.param(*one, id=f"{one[0]}-{one[1].id}") for one in known()]
)
def test_a_trial_shows_what_was_written(remedy: str, trial: Trial) -> None:
    if missing := absent(trial):
        pytest.skip(f"not run: {', '.join(missing)} not installed")
    without, with_it = trial.run(False), trial.run(True)
    told = kept(remedy)[trial.id]
    assert list(without) == list(with_it) == list(told["without"])
    assert trial.better(without, with_it) is trial.helps
    assert told["helped"] is trial.helps
    assert trial.better(told["without"], told["with"]) is trial.helps
