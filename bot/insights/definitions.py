"""Every figure with its definition, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Form = Literal["share", "mean", "score", "seconds", "count"]


@dataclass(frozen=True)
class Definition:
    """`top` and `bottom` name columns of `Day` of which a share is made; `better` is the direction that is good."""

    key: str
    name: str | Promise
    meaning: str | Promise
    form: Form = "share"
    top: str = ""
    bottom: str = ""
    better: Literal["up", "down", ""] = "up"


EPISODE = _(
    "An episode is one time that a customer comes to us: it begins with their line and ends when it is resolved, or "
    "when nobody has written for 24 hours and no person has it. A matter is a product with a problem. Episodes count "
    "on the day on which they began; what takes time to know (such as a quiet week) counts once that time is over."
)
DEFINITIONS: tuple[Definition, ...] = (
    Definition("episodes", _("Episodes"), _("How often customers came to us."), "count", "episodes", better=""),
    Definition(
        "first_contact",
        _("First-contact resolution"),
        _("Of the episodes that were the first about their matter in 30 days: those that were answered or resolved, "
          "whose customer did not say that it is not fixed, and did not come back about it within 7 days."),
        top="first_solved", bottom="first",
    ),
    Definition(
        "confirmed",
        _("Confirmed resolution"),
        _("Of the episodes that are over: those whose customer answered yes to “is it fixed?”. Silence is no yes."),
        top="confirmed", bottom="over",
    ),
    Definition(
        "confirmed_of_asked",
        _("Fixed, of those who answered"),
        _("Of the customers who answered “is it fixed?”: those who said yes."),
        top="confirmed", bottom="asked_fixed",
    ),
    Definition(
        "quiet_week",
        _("No contact again within 7 days"),
        _("Of the episodes that ended more than 7 days ago: those whose customer did not come again within 7 days of "
          "the end, about anything, on any channel."),
        top="quiet_week", bottom="quiet_week_known",
    ),
    Definition(
        "repeated",
        _("Repeat-problem rate"),
        _("Of the episodes about a known matter that ended more than 30 days ago: those whose customer came back "
          "about the same matter within 30 days."),
        top="repeated", bottom="with_matter", better="down",
    ),
    Definition(
        "real_time",
        _("Real time to resolution"),
        _("Median time from a customer's first line about a matter to the end of the last episode about it: coming "
          "back within 7 days goes on counting."),
        "seconds", better="down",
    ),
    Definition(
        "csat",
        _("Satisfaction (CSAT)"),
        _("Share of 4 and 5 among the ratings from 1 to 5 that customers gave after a conversation."),
        top="satisfied", bottom="ratings",
    ),
    Definition("rating", _("Mean rating"), _("Mean of those ratings, from 1 to 5."), "mean", "rating_sum", "ratings"),
    Definition(
        "nps",
        _("NPS after an incident"),
        _("Share of 9 and 10 less the share of 0 to 6 among the answers to “would you recommend us?”, times 100."),
        "score", bottom="nps_answers",
    ),
    Definition(
        "handoff",
        _("Handed to a person"),
        _("Of all episodes: those that went to the queue or were taken by an agent."),
        top="handed_off", bottom="episodes", better="down",
    ),
    Definition(
        "gaps",
        _("Without an answer"),
        _("Of all episodes: those with a question that no article answered."),
        top="with_gap", bottom="episodes", better="down",
    ),
    Definition(
        "churn_avoided",
        _("Churn avoided"),
        _("Of the episodes of known customers that left them unhappy (rated 1 or 2, NPS up to 6, or not fixed): those "
          "after which the customer ordered again within 90 days. Others count once the 90 days are over."),
        top="churn_avoided", bottom="unhappy_known",
    ),
    Definition(
        "repeat_orders",
        _("Repeat purchase"),
        _("Of the orders of the period, cancelled ones aside: those of customers who had ordered before. The channel "
          "does not apply."),
    ),
    Definition(
        "retention",
        _("Retention"),
        _("Of the customers who ordered in the 12 months before the period: those who ordered again in it. The channel "
          "does not apply."),
    ),
)  # fmt: skip
BY_KEY = {definition.key: definition for definition in DEFINITIONS}
LISTS: dict[str, tuple[str | Promise, str | Promise]] = {
    "reason": (_("Why people take over"), _("Handoffs by their reason; an episode can have several.")),
    "article": (_("Answers by article"), _("How often the bot quoted an article.")),
    "hour": (_("Load by hour"), _("Customers' lines by the hour on the shop's clock, answers to surveys aside.")),
    "channel": (_("Load by channel"), _("Episodes by the channel of their conversation.")),
    "product": (_("Episodes by product"), _("Episodes by the product that they were about, where the log tells.")),
}
