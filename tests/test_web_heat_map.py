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


def test_the_longest_day_is_the_darkest_and_a_free_one_is_empty() -> None:
    days = [trained("2026-01-02", 3600), trained("2026-01-03", 1000), trained("2026-01-04", 0)]
    levels = {cell.day: cell.level for cell in heat_map(days, 2026, 0).cells}
    assert [levels[f"2026-01-0{day}"] for day in range(1, 5)] == [0, 4, 2, 1]


def test_months_stand_where_they_begin() -> None:
    drawn = heat_map([], 2026, 0)
    places = {cell.day: cell.x for cell in drawn.cells}
    assert [month for _, month in drawn.months] == list(range(1, 13))
    assert drawn.months[6][0] == places["2026-07-01"]
