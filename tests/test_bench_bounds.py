import importlib

import pytest

from bench.bounds import VARIANTS, Variant, chosen_elsewhere, right


@pytest.mark.parametrize("variant", VARIANTS[1:])
def test_each_bound_is_there_and_a_number(variant: Variant) -> None:
    assert variant.bound
    module = importlib.import_module(f"edge_agent.coaching.{variant.bound[0]}")
    assert getattr(module, variant.bound[1]) > 0


def test_counts_within_one_and_the_mean_error() -> None:
    found = right([(10, 10), (9, 10), (5, 10)])
    assert found.within_one == pytest.approx(2 / 3)
    assert found.mae == pytest.approx(0.2)


def test_a_variant_that_is_best_on_a_recording_itself_is_not_taken_for_it() -> None:
    shipped = [(8, 8), (8, 8), (0, 8)]
    lucky = [(8, 8), (4, 8), (8, 8)]
    assert chosen_elsewhere([shipped, lucky], [0, 1, 2])[2] == (0, 8)


def test_a_variant_that_is_best_elsewhere_is_taken() -> None:
    shipped = [(0, 8), (0, 8), (0, 8)]
    better = [(8, 8), (8, 8), (8, 8)]
    assert chosen_elsewhere([shipped, better], [0, 1, 2]) == better
