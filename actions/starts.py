"""The flows, the intent that starts each, and how each is offered."""

from __future__ import annotations

# The flow that each intent starts.
STARTS = {
    "return_item": "return",
    "exchange_item": "exchange",
    "report_damaged": "damaged",
    "report_wrong_item": "wrong_item",
    "claim_warranty": "warranty",
    "report_recall": "recall",
    "order_status": "order_status",
    "report_lost_parcel": "lost_parcel",
    "cancel_order": "cancel",
    "change_order": "cancel",
    "change_address": "address",
    "request_invoice": "invoice",
    "loyalty_points": "points",
    "export_data": "export",
    "erase_data": "erasure",
    "rate_service": "rating",
}
# What a button says that starts the flow.
OFFERS = {
    "return": ("Empezar la devolución", "Start the return"),
    "exchange": ("Empezar el cambio", "Start the exchange"),
    "damaged": ("Avisar del daño", "Report the damage"),
    "wrong_item": ("Avisar del error", "Report the mistake"),
    "warranty": ("Usar la garantía", "Use the warranty"),
    "recall": ("Comprobar mi lote", "Check my lot"),
    "order_status": ("Ver mi pedido", "See my order"),
    "lost_parcel": ("Reclamar el paquete", "Claim the parcel"),
    "cancel": ("Cancelar mi pedido", "Cancel my order"),
    "address": ("Cambiar la dirección", "Change the address"),
    "invoice": ("Pedir mi factura", "Ask for my invoice"),
    "points": ("Ver mis puntos", "See my points"),
    "export": ("Pedir mis datos", "Ask for my data"),
    "erasure": ("Borrar mis datos", "Erase my data"),
}
