from edge_agent.backoff import backoff_s


def test_pauses_grow_and_are_capped() -> None:
    assert [backoff_s(failures, lambda: 0.5) for failures in (0, 1, 2, 3, 4, 5, 99)] == [1, 5, 15, 45, 135, 300, 300]


def test_pauses_are_spread_by_a_quarter_to_each_side() -> None:
    assert (backoff_s(1, lambda: 0.0), backoff_s(1, lambda: 1.0)) == (3.75, 6.25)
