import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from edge_agent.errors import ConfigError
from edge_agent.offline.ahead import read_ahead


def makers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_items_come_in_order() -> None:
    assert list(read_ahead(range(100), 3)) == list(range(100))


def test_no_more_is_made_than_asked_for() -> None:
    made = threading.Semaphore(0)

    def items() -> Iterator[int]:
        for number in range(100):
            made.release()
            yield number

    with closing(read_ahead(items(), 3)) as ahead:
        assert next(ahead) == 0
        # One used, three waiting, one in the maker's hand.
        assert all(made.acquire(timeout=5) for _ in range(5))
        assert not made.acquire(timeout=0.2)


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ConfigError("broken")

    ahead = read_ahead(items(), 3)
    assert next(ahead) == 1
    with pytest.raises(ConfigError, match="broken"):
        next(ahead)


def test_closing_early_ends_the_thread() -> None:
    with closing(read_ahead(range(1000), 2)) as ahead:
        next(ahead)
        assert makers()
    assert not makers()


def test_the_end_ends_the_thread() -> None:
    assert list(read_ahead((), 2)) == []
    assert not makers()
