import re

from edge_agent.members.codes import ALPHABET, ChangingCode, code_hash, new_code, new_secret, same_code, secret_hash


def test_codes_have_letters_that_look_like_no_other() -> None:
    assert not set("ILO01") & set(ALPHABET)
    assert re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", new_code())


def test_codes_differ() -> None:
    assert len({new_code() for _ in range(100)}) == 100


def test_a_code_is_the_same_however_it_is_typed() -> None:
    assert same_code(" k7qw 3mxa ", "K7QW-3MXA")
    assert not same_code("K7QW-3MXB", "K7QW-3MXA")
    assert not same_code("", "K7QW-3MXA")


def test_what_is_kept_of_a_code_is_the_same_however_it_is_typed() -> None:
    assert code_hash("k7qw3mxa") == code_hash("K7QW-3MXA")


def test_odd_letters_are_no_code_and_no_error() -> None:
    assert not same_code("\ud800ß" * 50, "K7QW-3MXA")
    assert code_hash("ß" * 1000)
    assert secret_hash("\ud800")


def test_a_secret_has_256_bits() -> None:
    assert len(new_secret()) >= 43


def test_a_code_changes_and_the_one_before_stays_good_for_a_while() -> None:
    code = ChangingCode(lasts_s=60.0)
    first = code.text(0.0)
    assert code.text(59.0) == first
    second = code.text(60.0)
    assert second != first
    assert code.accepts(first, 100.0)
    assert code.accepts(second, 100.0)
    assert not code.accepts(first, 121.0)


def test_a_code_that_nobody_looked_at_for_long_is_void() -> None:
    code = ChangingCode(lasts_s=60.0)
    assert not code.accepts(code.text(0.0), 120.0)


def test_after_too_many_guesses_there_is_another_code() -> None:
    code = ChangingCode(tries=3)
    first = code.text(0.0)
    for _ in range(3):
        assert not code.accepts("AAAA-AAAA", 0.0)
    assert not code.accepts(first, 0.0)
    assert code.text(0.0) != first


def test_nothing_is_accepted_before_a_code_is_shown() -> None:
    assert not ChangingCode().accepts("", 0.0)
