"""The figures of a set on the page of a workout."""

import msgspec
import pytest
from litestar.testing import TestClient

from edge_agent.records import Fault, Rep
from tests.fake_agent import FakeAgent
from tests.fake_training import a_rep, a_session, a_set
from web import display
from web.app import create_app


def page(*reps: Rep) -> str:
    agent = FakeAgent()
    session = a_session("s0")
    entry = session.exercises[0]
    changed = msgspec.structs.replace(entry, sets=(a_set(1, reps=reps),))
    shown = a_session("s0", exercises=(changed,))
    agent.keep(shown, state="saved")
    with TestClient(create_app(agent, "Iron & Co")) as client:
        return client.get("/sessions/s0", headers={"accept": "text/html"}).text


@pytest.mark.parametrize(("loss", "text"), [(None, ""), (19.9, ""), (-30.0, ""), (20.0, "20"), (33.4, "33")])
def test_only_a_notable_loss_is_told(loss: float | None, text: str) -> None:
    assert display.notable(loss) == text


def test_the_mean_tempo_of_a_set_is_shown() -> None:
    shown = page(
        a_rep(1, eccentric_s=1.0, pause_s=0.2, concentric_s=0.6),
        a_rep(2, eccentric_s=2.0, pause_s=0.2, concentric_s=0.8),
    )
    assert "tempo 1.5 \N{EN DASH} 0.2 \N{EN DASH} 0.7 s" in shown


def test_a_set_that_slowed_and_shrank_says_so() -> None:
    shown = page(*(a_rep(n, rom_deg=rom, concentric_s=1.0) for n, rom in enumerate((100.0, 90, 80, 60), start=1)))
    assert "last reps 40 % slower" in shown
    assert "last reps 40 % shorter" in shown


def test_a_steady_set_says_nothing_of_fatigue() -> None:
    assert "last reps" not in page(*(a_rep(n) for n in range(1, 7)))


def held(agent: FakeAgent) -> None:
    sag = Fault(key="hip_sag", text="the hips sagged", value=5.2, threshold=1.0, unit="s")
    one = a_set(1, reps=(), reps_full=0, hold_s=34.2, hold_faults=(sag,))
    entry = msgspec.structs.replace(a_session("s0").exercises[0], exercise="plank", name="Plank", sets=(one,))
    agent.keep(a_session("s0", exercises=(entry,), accuracy=None), state="saved")


@pytest.mark.parametrize("path", ["/history", "/sessions/s0"])
def test_a_workout_that_was_held_is_shown_in_seconds(path: str) -> None:
    agent = FakeAgent()
    held(agent)
    with TestClient(create_app(agent, "Iron & Co")) as client:
        shown = client.get(path, headers={"accept": "text/html"}).text
    assert "<b>34</b> seconds" in shown
    assert "0</b> reps" not in shown


def test_a_fault_while_holding_is_shown_with_its_seconds() -> None:
    agent = FakeAgent()
    held(agent)
    with TestClient(create_app(agent, "Iron & Co")) as client:
        shown = client.get("/sessions/s0", headers={"accept": "text/html"}).text
    assert "the hips sagged <small>for 5 s</small>" in shown
