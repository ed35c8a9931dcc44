import pytest

from web import sign_ins
from web.sign_ins import SignIns


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_ones(clock: Clock) -> SignIns:
    return SignIns(clock)


def test_a_secret_finds_its_sign_in_and_another_none(open_ones: SignIns) -> None:
    secret, begun = open_ones.begin("mia")
    assert open_ones.find(secret) == begun
    assert open_ones.find(secret + "x") is None


def test_no_two_secrets_or_tokens_are_alike(open_ones: SignIns) -> None:
    made = [open_ones.begin(f"member {number}") for number in range(100)]
    assert len({secret for secret, _ in made} | {one.csrf_token for _, one in made}) == 200
    assert all(len(secret) >= 43 for secret, _ in made)


def test_the_secret_itself_is_not_kept(open_ones: SignIns) -> None:
    secret, _ = open_ones.begin("mia")
    assert secret not in str(vars(open_ones))


@pytest.mark.parametrize(("is_shared", "idle_s"), [(False, sign_ins.IDLE_S), (True, sign_ins.SHARED_IDLE_S)])
def test_a_sign_in_ends_when_it_is_not_used(open_ones: SignIns, clock: Clock, is_shared: bool, idle_s: float) -> None:
    secret, _ = open_ones.begin("mia", is_shared=is_shared)
    clock.now_s = idle_s
    assert open_ones.find(secret)
    clock.now_s += 1
    assert open_ones.find(secret) is None


def test_use_puts_the_end_off_but_not_for_ever(open_ones: SignIns, clock: Clock) -> None:
    secret, _ = open_ones.begin("mia")
    while clock.now_s < sign_ins.LONGEST_S:
        open_ones.use(secret)
        assert open_ones.find(secret)
        clock.now_s += sign_ins.IDLE_S
    clock.now_s = sign_ins.LONGEST_S + 1
    assert open_ones.find(secret) is None


def test_looking_is_no_use(open_ones: SignIns, clock: Clock) -> None:
    secret, _ = open_ones.begin("mia")
    for _ in range(3):
        clock.now_s += sign_ins.IDLE_S / 2
        found = open_ones.find(secret)
    assert found is None


def test_all_of_a_member_end_but_the_one_that_asks(open_ones: SignIns) -> None:
    mine, _ = open_ones.begin("mia")
    phone, _ = open_ones.begin("mia")
    noahs, _ = open_ones.begin("noah")
    open_ones.end_all("mia", but=mine)
    assert [open_ones.find(one) is not None for one in (mine, phone, noahs)] == [True, False, True]


def test_a_member_has_so_many_and_the_least_used_one_ends(open_ones: SignIns) -> None:
    first, _ = open_ones.begin("mia")
    second, _ = open_ones.begin("mia")
    open_ones.use(first)
    for _ in range(sign_ins.MAX_OF_ONE - 1):
        open_ones.begin("mia")
    assert (open_ones.find(first) is not None, open_ones.find(second)) == (True, None)


def test_memory_is_bounded(open_ones: SignIns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "MAX_OPEN", 10)
    secrets = [open_ones.begin(f"member {number}")[0] for number in range(30)]
    assert len(open_ones) == 10
    assert open_ones.find(secrets[0]) is None
    assert open_ones.find(secrets[-1])


def test_what_is_over_makes_room_first(open_ones: SignIns, clock: Clock) -> None:
    open_ones.begin("mia")
    clock.now_s = sign_ins.IDLE_S + 1
    open_ones.begin("noah")
    assert len(open_ones) == 1
