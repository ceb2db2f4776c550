from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.errors import UsageError
from unmask.explain.format import (
    check_language,
    decimal,
    decimal_beside,
    fraction,
    fraction_beside,
    measured,
    percent,
    percent_beside,
    percent_range,
    seconds,
    threshold_percent,
)
from unmask.types import Finding


@pytest.mark.parametrize(
    ("share", "english", "korean"),
    [
        (0.0, "under 1%", "1% 미만"),
        (0.0049, "under 1%", "1% 미만"),
        (0.005, "1%", "1%"),
        (0.124, "12%", "12%"),
        (0.125, "13%", "13%"),
        (0.985, "99%", "99%"),
        (0.9949, "99%", "99%"),
        (0.995, "over 99%", "99% 이상"),
        (1.0, "over 99%", "99% 이상"),
    ],
)
def test_percent_never_reads_as_certainty(share: float, english: str, korean: str):
    assert percent(share, "en") == english
    assert percent(share, "ko") == korean


@pytest.mark.parametrize(
    ("share", "limit", "shown", "shown_limit"),
    [
        (0.97, 0.9, "97%", "90%"),
        (0.8996, 0.9, "89.96%", "90%"),
        (0.896, 0.9, "89.6%", "90%"),
        (0.9, 0.9, "90%", "90%"),
        (0.9004, 0.9, "90.04%", "90%"),
        (0.97, 0.925, "97%", "92.5%"),
        (0.926, 0.925, "93%", "92.5%"),
    ],
)
def test_comparison_with_a_threshold_can_be_seen(share, limit, shown, shown_limit):
    assert percent_beside(share, limit, "en", exact=True) == (shown, shown_limit)


def test_share_beside_a_range_gets_decimals_only_where_needed():
    assert percent_beside(0.41, 0.1378, "ko") == ("41%", "14%")
    assert percent_beside(0.143, 0.141, "ko") == ("14.3%", "14.1%")


@given(st.floats(0, 1), st.floats(0.01, 0.99).map(lambda x: round(x, 2)))
def test_order_survives_the_rounding(share: float, limit: float):
    shown, shown_limit = percent_beside(share, limit, "en", exact=True)
    if shown[0].isdigit() and abs(share - limit) > 1e-5:
        seen, bound = float(shown[:-1]), float(shown_limit[:-1])
        assert (seen > bound) == (share > limit)


@given(st.floats(0, 1))
def test_percent_is_within_half_a_point(share: float):
    shown = percent(share, "en")
    if shown[0].isdigit():
        assert abs(float(shown[:-1]) / 100 - share) <= 0.005 + 1e-9


def test_range_of_equal_ends_is_one_value():
    assert percent_range(0.912, 0.998, "en") == "91% to over 99%"
    assert percent_range(0.912, 0.998, "ko") == "91%~99% 이상"
    assert percent_range(0.001, 0.002, "ko") == "1% 미만"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(5.25, 1, "5.3"), (240.0, 1, "240"), (0.05, 2, "0.05"), (100.0, 0, "100"), (0.0, 2, "0")],
)
def test_decimal_drops_trailing_zeros_only(value, decimals, shown):
    assert decimal(value, decimals) == shown


def test_value_just_under_its_limit_does_not_read_as_the_limit():
    assert decimal_beside(29.7, 30.0, 0) == ("29.7", "30")
    assert decimal_beside(22.0, 30.0, 0) == ("22", "30")


@pytest.mark.parametrize(
    ("time_s", "english", "korean"),
    [
        (0.0, "0 s", "0초"),
        (12.53, "12.5 s", "12.5초"),
        (59.96, "1 min", "1분"),
        (60.0, "1 min", "1분"),
        (125.0, "2 min 5 s", "2분 5초"),
    ],
)
def test_seconds(time_s, english, korean):
    assert seconds(time_s, "en") == english
    assert seconds(time_s, "ko") == korean


def test_threshold_is_shown_as_it_is_set():
    assert [threshold_percent(x) for x in (0.9, 0.925, 0.9037)] == ["90%", "92.5%", "90.37%"]


def test_unknown_language_is_refused_with_the_known_ones():
    assert check_language("ko") == "ko"
    with pytest.raises(UsageError, match="unknown language 'fr'") as error:
        check_language("fr")
    assert "en, ko" in error.value.hint


@pytest.mark.parametrize(
    ("share", "english", "korean"),
    [
        (0.0, "under 0.001", "0.001 미만"),
        (0.0004, "under 0.001", "0.001 미만"),
        (0.0005, "0.001", "0.001"),
        (0.9684, "0.968", "0.968"),
        (0.5, "0.500", "0.500"),
        (0.9994, "0.999", "0.999"),
        (0.9995, "over 0.999", "0.999 초과"),
        (1.0, "over 0.999", "0.999 초과"),
    ],
)
def test_a_fraction_never_reads_as_certainty(share: float, english: str, korean: str):
    assert fraction(share, "en") == english
    assert fraction(share, "ko") == korean


@given(st.floats(0, 1), st.sampled_from([0.3, 0.9, 0.9787, 0.2607]))
def test_a_fraction_beside_a_limit_keeps_the_side_it_lies_on(share: float, limit: float):
    shown, shown_limit = fraction_beside(share, limit, "en")
    assert float(shown_limit) == limit
    number = float(shown.removeprefix("over ").removeprefix("under "))
    if abs(share - limit) > 1e-6:
        assert (number >= limit) == (share >= limit)


@pytest.mark.parametrize(
    ("value", "reference", "unit", "shown"),
    [
        (1.8, (0.7, 1.4), "ratio", ("1.8", "0.7", "1.4")),
        (1.4004, (0.7, 1.4), "ratio", ("1.4004", "0.7", "1.4")),
        (1.3996, (0.7, 1.4), "ratio", ("1.4", "0.7", "1.4")),
        (0.53, (0.37, 0.5), "share", ("53%", "37%", "50%")),
        (0.998, (0.37, 0.5), "share", ("99.8%", "37%", "50%")),
        (-1.25, (-1.0, 2.0), "z", ("-1.25", "-1", "2")),
    ],
)
def test_a_measurement_and_its_range_stay_apart(value, reference, unit, shown):
    assert measured(Finding("A.measure.x", "A", "measure", value, unit, reference)) == shown
