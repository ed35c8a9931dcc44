"""Words and tables of the figures' pictures."""

from bench.drawing import put_between, text


def test_a_table_takes_the_place_of_the_one_before() -> None:
    assert put_between("a\n<!-- x -->\nold\n<!-- /x -->\nb", ("<!-- x -->", "<!-- /x -->"), "new") == (
        "a\n<!-- x -->\nnew\n<!-- /x -->\nb"
    )


def test_words_are_no_markup() -> None:
    assert text(1, 2, "<10 ms & more", "") == '<text x="1.0" y="2.0" >&lt;10 ms &amp; more</text>'
