"""Work on several things at a time, handed over in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future, wait
from itertools import islice
from typing import TypeVar

__all__ = ["in_order"]

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


def in_order(
    pool: Executor,
    work: Callable[[_Task], _Result],
    tasks: Iterable[_Task],
    *,
    at_once: int,
) -> Generator[_Result, None, None]:
    """The result of each task, in the order of the tasks.

    At most ``at_once`` tasks are begun and not handed over, so memory stays small. An
    error comes up where its result would have come; what is under way behind it is
    finished and thrown away, and nothing new is begun.
    """
    waiting = iter(tasks)
    begun: deque[Future[_Result]] = deque(
        pool.submit(work, task) for task in islice(waiting, at_once)
    )
    try:
        while begun:
            result = begun.popleft().result()
            begun.extend(pool.submit(work, task) for task in islice(waiting, 1))
            yield result
    finally:
        for each in begun:
            each.cancel()
        wait(begun)
