import tracemalloc

from edge_agent.coaching.exercise import load_exercises
from edge_agent.importing.names import Naming


def test_names_without_end_take_no_memory_for_good() -> None:
    naming = Naming(load_exercises())
    tracemalloc.start()
    for number in range(20_000):
        naming(f"Exercise number {number}")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 2_000_000
    assert naming("Kniebeuge").key == "squat"
