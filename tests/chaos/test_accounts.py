"""The account itself: that it finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.chaos.accounts import Account, Line, compare


def told(expected: str, arrived: str) -> Account:
    """Small letters are lines of which nobody knows whether they arrived."""
    account = Account()
    compare([Line(letter.upper(), letter.isupper()) for letter in expected], list(arrived), "Lucía", account)
    return account


@pytest.mark.parametrize(
    ("expected", "arrived"), [("", ""), ("ABC", "ABC"), ("AbC", "AC"), ("AbC", "ABC"), ("AbA", "AA")]
)
def test_what_arrived_once_is_no_problem(expected: str, arrived: str) -> None:
    assert told(expected, arrived).problems == []


@pytest.mark.parametrize(
    ("expected", "arrived", "figure", "count"),
    [
        ("ABC", "AC", "lost", 1),
        ("ABC", "", "lost", 3),
        ("ABC", "ABBC", "twice", 1),
        ("AbC", "ABBC", "twice", 1),
        ("AB", "ABX", "twice", 1),
        ("ABC", "ACB", "out_of_order", 1),
    ],
)
def test_what_is_wrong_is_told(expected: str, arrived: str, figure: str, count: int) -> None:
    account = told(expected, arrived)
    assert getattr(account, figure) == count, account.problems
