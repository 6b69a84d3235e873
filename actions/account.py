"""Requests that tell or ask something of an order or account, without a decision of the returns desk."""

from __future__ import annotations

from typing import Any, ClassVar

from actions import facts
from actions.request import Request
from actions.trouble import hand_off
from actions.turn import Button, Turn, pick
from bot.shop.clock import shop_day
from bot.shop.decisions import decide
from bot.shop.gather import facts_for, order_facts
from bot.shop.models import Order
from bot.shop.rulebook import current
from bot.shop.status import status_of, status_text

LOW_RATING = 2


class OrderStatus(Request):
    flow: ClassVar[str] = "order_status"

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> str | None:
        """Say where the order is; offer a claim for a parcel that does not move, and one for what never came."""
        status = status_of(order_facts(order))
        buttons: list[Button] = []
        if order.status == "shipped":
            buttons = [Button("It is not moving" if turn.language == "en" else "No se mueve", "/report_lost_parcel")]
        elif order.status == "delivered":
            buttons = [
                Button("I never got it" if turn.language == "en" else "No lo he recibido", "/report_lost_parcel")
            ]
        turn.tell(status_text(status, turn.language, turn.today), buttons=buttons)
        claim = decide("lost_parcel", facts_for(order, turn.today)) if order.status == "shipped" else None
        if claim is None or claim.outcome != "approved":
            return None
        turn.say("utter_offer_claim", days=claim.values["still_days"])
        return "lost_parcel"


class Invoice(Request):
    flow = "invoice"

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> None:
        """An invoice with tax data is possible for some days after delivery; a person makes it out."""
        delivered = shop_day(order.delivered_at) if order.delivered_at else None
        days = current().policies.payments.invoice.days
        if delivered and (turn.today - delivered).days > days:
            turn.say("utter_invoice_late", order=order.number)
            return
        turn.say("utter_invoice", order=order.number)
        hand_off(turn, "policy_check")


class Points(Request):
    flow, any_order = "points", True

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> None:
        turn.say("utter_points", points=order.customer.points)


class Export(Request):
    flow, any_order = "export", True

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> None:
        turn.say("utter_export")
        hand_off(turn, "policy_check")


class Erasure(Request):
    flow, any_order = "erasure", True

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> None:
        turn.say("utter_erasure")
        hand_off(turn, "policy_check")


class Rating(Request):
    flow = "rating"
    needs_order = False

    def missing(self, turn: Turn, known: facts.Known, order: Order | None) -> str | None:
        if known.get("rating"):
            return None
        turn.say("utter_ask_for_rating", asks="rating", buttons=[pick("rating", str(n), str(n)) for n in range(1, 6)])
        return "rating"

    def conclude(self, turn: Turn, known: facts.Known, order: Order | None) -> str | None:
        """Keep the rating; a low one offers a person."""
        score = int(known.get("rating"))
        turn.command("rate", score=score)
        turn.say("utter_rated_low" if score <= LOW_RATING else "utter_rated", score=score)
        return "person" if score <= LOW_RATING else None


ACCOUNT: dict[str, Any] = {request.flow: request for request in (OrderStatus, Invoice, Points, Export, Erasure, Rating)}
