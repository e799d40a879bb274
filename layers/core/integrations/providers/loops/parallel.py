"""Several calls at once: with one contact a request, it is the time of a round trip that would cost the rate."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from integrations.domain.errors import ServiceError

THREADS_MAXIMUM = 8


def in_parallel[T, R](
    work: Callable[[T], R], items: Sequence[T], concerns_all: Callable[[ServiceError], bool]
) -> list[R | ServiceError]:
    """What `work` gives, or the `ServiceError` it raises, for each item in their order.

    After an error that `concerns_all` nothing more is begun: the items left get that error."""
    if not items:
        return []
    ended: list[ServiceError] = []
    lock = threading.Lock()

    def attempt(item: T) -> R | ServiceError:
        with lock:
            if ended:
                return ended[0]
        try:
            return work(item)
        except ServiceError as error:
            if concerns_all(error):
                with lock:
                    ended.append(error)
            return error

    with ThreadPoolExecutor(min(THREADS_MAXIMUM, len(items)), thread_name_prefix="loops") as pool:
        return list(pool.map(attempt, items))
