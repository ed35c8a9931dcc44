from edge_agent.sync.window import FIRST, LARGEST, SMALLEST, Window


def test_it_doubles_with_each_turn_of_quick_receipts() -> None:
    window = Window()
    for _ in range(FIRST // 50):
        window.confirmed(50, took_s=0.3)
    assert window.size == 2 * FIRST


def test_it_stays_while_receipts_take_between_one_and_two_seconds() -> None:
    window = Window()
    window.confirmed(50, took_s=1.5)
    assert window.size == FIRST


def test_slow_receipts_halve_it_with_each_turn() -> None:
    window = Window()
    for _ in range(FIRST // 50):
        window.confirmed(50, took_s=4.0)
    assert window.size == FIRST // 2


def test_late_receipts_halve_it() -> None:
    window = Window()
    window.late(FIRST)
    assert window.size == FIRST // 2


def test_it_has_bounds() -> None:
    window = Window()
    window.late(10_000)
    assert window.size == SMALLEST
    window.confirmed(10_000, took_s=0.0)
    assert window.size == LARGEST
