import random

import pytest

from edge_agent.errors import PermanentError
from edge_agent.journal.order import Index, Places

KEY = ("ann", "squat")


def test_places_come_back_newest_first_whatever_order_they_came_in() -> None:
    rng = random.Random(1)
    expected = [(rng.randrange(50), doc_id) for doc_id in range(200)]
    places = Places()
    for place in expected:
        places.add(place)
    assert places.before(None, 1000) == sorted(expected, reverse=True)


def test_a_removed_place_is_gone_and_no_other() -> None:
    places = Places()
    for doc_id in range(5):
        places.add((7, doc_id))
    places.remove((7, 3))
    assert places.before(None, 9) == [(7, 4), (7, 2), (7, 1), (7, 0)]


def test_pages_of_one_key_show_each_place_once() -> None:
    index = Index()
    for doc_id in range(5):
        index.add([KEY], (doc_id // 2, doc_id))
        index.add([("ben", "squat")], (doc_id, 100 + doc_id))
    seen, cursor = [], None
    for _ in range(3):
        page, cursor = index.before(KEY, cursor, 2)
        seen.append([doc_id for _, doc_id in page])
    assert (seen, cursor) == ([[4, 3], [2, 1], [0]], None)


def test_a_key_without_places_has_an_empty_page() -> None:
    index = Index()
    index.add([KEY], (1, 1))
    index.remove([KEY], (1, 1))
    assert index.before(KEY, None, 5) == ([], None)


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-x", "99999999999999999999-1"])
def test_a_wrong_cursor_is_refused_in_words(cursor: str) -> None:
    with pytest.raises(PermanentError, match="cursor"):
        Index().before(KEY, cursor, 5)
