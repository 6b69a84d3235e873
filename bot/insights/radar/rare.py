"""The test for rare events, and how often it may be wrong.

Contacts about one fault of one lot come as a Poisson process. What is normal is not known but learnt from the
comparison's contacts, so the test is the exact conditional one of Przyborowski and Wilenski (Biometrika 31, 1940):
given the sum of both counts, the suspected ones are binomial with the share of the exposure as their chance.

Looking again at every new contact, over several lengths of time, would ring by chance in the end. Each look may
therefore ring by chance only so rarely that all looks of a year together spend `budget` false alarms: the union
bound of a spending function, as continuous sequential surveillance uses (Silva, Methodol. Comput. Appl. Probab. 20,
2018). Exact tests of counts spend less than they may. A few contacts are asked for at least, since waiting for them
costs little and gains power (Kulldorff and Silva, REVSTAT 15, 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p

# Days that a look goes back; short ones find what breaks out, long ones what creeps in.
WINDOWS = (3, 7, 14, 30, 60)
LEAST = 4
BUDGET = 0.5


@dataclass(frozen=True)
class Evidence:
    """`chance` is how likely so many contacts are when nothing is wrong; `exposure` is in unit-days weighted by age."""

    window: int
    contacts: int
    compared: int
    exposure: float
    exposure_compared: float
    chance: float

    @property
    def expected(self) -> float:
        """Contacts that the comparison lets expect in the window."""
        return self.compared / self.exposure_compared * self.exposure if self.exposure_compared else 0.0


def chance(contacts: int, compared: int, exposure: float, exposure_compared: float) -> float:
    """The exact chance of at least `contacts` of `contacts + compared` when both have the same rate per exposure.

    Where nothing was ever counted in the comparison, half a contact is supposed: a quiet past proves little.
    """
    if contacts <= 0 or exposure <= 0 or exposure_compared <= 0:
        return 1.0
    share = exposure / (exposure + exposure_compared)
    return upper_tail(contacts, contacts + max(compared, 1), share)


def upper_tail(least: int, of: int, share: float) -> float:
    """P(X ≥ least) for a binomial X of `of` draws, each with chance `share`."""
    if least <= 0:
        return 1.0
    if not 0 < share < 1:
        return float(share >= 1)
    term = exp(lgamma(of + 1) - lgamma(least + 1) - lgamma(of - least + 1) + least * log(share)
               + (of - least) * log1p(-share))  # fmt: skip
    total, odds = 0.0, share / (1 - share)
    for count in range(least, of + 1):
        total += term
        term *= (of - count) / (count + 1) * odds
        if term < total * 1e-12:
            break
    return min(1.0, total)


def threshold(looks_a_year: float, budget: float = BUDGET) -> float:
    """The chance below which one look rings, so that a year's looks ring falsely `budget` times at most."""
    return budget / max(1.0, looks_a_year) / len(WINDOWS)
