from datetime import date

from edge_agent.history.answers import DayFigure
from web.heat_map import CELL, heat_map


def trained(day: str, duration_s: float) -> DayFigure:
    return DayFigure(day=day, sessions=1, reps=1, duration_s=duration_s)


def test_each_day_of_the_year_has_a_place_of_its_own() -> None:
    drawn = heat_map([], 2024, 0)
    assert len({(cell.x, cell.y) for cell in drawn.cells}) == 366
    assert drawn.width == max(cell.x for cell in drawn.cells) + CELL


def test_rows_are_weekdays_from_the_gyms_first_one() -> None:
    places = {cell.day: cell for cell in heat_map([], 2026, 6).cells}
    assert (date(2026, 3, 1).weekday(), places["2026-03-01"].y, places["2026-03-07"].y) == (6, 0, 6 * CELL)
    assert places["2026-03-01"].x == places["2026-03-07"].x


def levels(*lengths_s: float) -> list[int]:
    """Return how dark the days of these lengths are, one after the other from the second of January."""
    days = [trained(f"2026-01-{number:02}", length_s) for number, length_s in enumerate(lengths_s, 2)]
    drawn = {cell.day: cell.level for cell in heat_map(days, 2026, 0).cells}
    assert drawn["2026-01-01"] == 0
    return [drawn[day.day] for day in days]


def test_the_longest_day_is_the_darkest_and_a_free_one_is_empty() -> None:
    assert levels(3600, 1000, 0) == [4, 2, 1]


def test_one_very_long_day_makes_no_other_one_pale() -> None:
    usual = [1200.0 + 60 * number for number in range(12)]
    assert levels(*usual, 80_000) == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4]


def test_days_of_one_length_are_equally_dark() -> None:
    assert levels(3600, 3600, 3600, 3600) == [4, 4, 4, 4]
    assert levels(3600, 900, 3600, 3600) == [4, 1, 4, 4]


def test_a_day_of_unknown_length_is_pale_also_where_all_are() -> None:
    assert levels(0, 0) == [1, 1]


def test_months_stand_where_they_begin() -> None:
    drawn = heat_map([], 2026, 0)
    places = {cell.day: cell.x for cell in drawn.cells}
    assert [month for _, month in drawn.months] == list(range(1, 13))
    assert drawn.months[6][0] == places["2026-07-01"]
