"""Runs a part of a trial in a process of its own: limits and tracing stay there."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

Args = ParamSpec("Args")
Result = TypeVar("Result")


def apart(call: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """Return what a function of a module returns in a new interpreter."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(call, *args, **kwargs).result()
