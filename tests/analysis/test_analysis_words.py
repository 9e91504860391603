import pytest

from clusterctl.analysis.words import number, pair, percent, plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (89.2345, "89.2"), (0.0031234, "0.00312"), (1234.5, "1,234"), (5, "5"), (-0.5, "-0.5"), (0, "0"), (2.5e9, "2.5e+09"),
        (123456789, "123,456,789"), (999.7, "1,000"), (100, "100"), (1e-7, "1e-07"), (-12.0, "-12"), (9.999, "10"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert number(value) == text


def test_two_numbers_that_differ_look_different():
    assert pair(1000000.5, 1000003.25) == ("1,000,000", "1,000,003")
    assert pair(20.01, 20.04) == ("20.01", "20.04")
    assert pair(3.0, 3.0) == ("3", "3")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (1, "100 %"), (0.92, "92 %"), (0.004, "0.4 %"), (0.0004, "under 0.1 %"), (0.996, "99.6 %"), (0.99999, "over 99.9 %")],
)
def test_shares_are_never_rounded_to_none_or_all(share, text):
    assert percent(share) == text


def test_control_and_direction_characters_are_escaped_and_other_scripts_kept():
    assert plain("größe 年齢 \x1b[2J\u202e\n") == "größe 年齢 \\x1b[2J\\u202e\\n"


def test_long_and_empty_names_stay_readable():
    assert plain("x" * 100) == "x" * 59 + "…"
    assert plain("") == "''"
