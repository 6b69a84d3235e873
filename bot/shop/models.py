"""Customers, their orders, the cases about them, and the tries to prove who one is.

A conversation, an identity and a message are opaque strings of whoever calls; nothing here looks into them.
Moments are stored in UTC; policies count calendar days of the shop (`bot.shop.clock`).
"""

from django.db import models


class Customer(models.Model):
    """A person or company that ordered. `reference` is the shop's own id of them."""

    reference = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(db_index=True)
    phone = models.CharField(max_length=20, db_index=True, help_text="E.164, e.g. +34600111001")
    language = models.CharField(max_length=5, default="es")
    company = models.BooleanField(default=False)
    points = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class CustomerChannel(models.Model):
    """An address on a channel already known and verified as this customer's."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="channels")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="one_customer_per_channel_address")]

    def __str__(self) -> str:
        return f"{self.channel} of {self.customer_id}"


class Order(models.Model):
    """An order as the shop's system has it. What a case asks for (a cancellation, another address) is not done here."""

    class Status(models.TextChoices):
        PAID = "paid"
        PREPARING = "preparing"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        CANCELLED = "cancelled"

    class Zone(models.TextChoices):
        MAINLAND = "mainland"
        BALEARICS = "balearics"
        CANARIES = "canaries"
        CEUTA_MELILLA = "ceuta_melilla"
        PORTUGAL = "portugal"
        EU = "eu"

    class Payment(models.TextChoices):
        CARD = "card"
        PAYPAL = "paypal"
        BIZUM = "bizum"
        BANK_TRANSFER = "bank_transfer"
        INSTALMENTS = "instalments"

    number = models.CharField(max_length=32, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    email = models.EmailField(help_text="The e-mail the order was made with")
    phone = models.CharField(max_length=20, help_text="The phone the order was made with, E.164")
    status = models.CharField(max_length=12, choices=Status.choices)
    ship_to = models.CharField(max_length=16, choices=Zone.choices)
    payment = models.CharField(max_length=16, choices=Payment.choices, default=Payment.CARD)
    ordered_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_movement_at = models.DateTimeField(null=True, blank=True, help_text="Last movement of the carrier's tracking")

    class Meta:
        ordering = ["-ordered_at", "number"]

    def __str__(self) -> str:
        return self.number


class OrderItem(models.Model):
    """One line of an order. Unknown facts are null, not false."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    sku = models.CharField(max_length=16)
    qty = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=9, decimal_places=2, help_text="Euros paid per unit")
    personalised = models.BooleanField(default=False)
    unsealed = models.BooleanField(null=True, blank=True)
    lot = models.CharField(max_length=32, blank=True)
    last_descaled_on = models.DateField(null=True, blank=True)
    repaired_part = models.CharField(max_length=16, blank=True)
    repaired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.qty} × {self.sku}"


class Case(models.Model):
    """A matter about an order, with its decision. The decision of a case never changes: new facts make a new case
    that supersedes it. `inputs` are the facts it was decided on, so that it can be replayed."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"
        SUPERSEDED = "superseded"

    number = models.CharField(max_length=24, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="cases")
    asked_kind = models.CharField(max_length=16, help_text="What the customer asked for")
    kind = models.CharField(max_length=16, help_text="What it was handled as")
    decision = models.CharField(max_length=16, help_text="approved, refused, technician or pending_person")
    reason_code = models.CharField(max_length=32, blank=True)
    clause = models.CharField(max_length=64)
    deadline = models.DateField(null=True, blank=True)
    needs_person = models.CharField(max_length=32, blank=True)
    instructions = models.JSONField(default=list, help_text="Keys of the next steps, in order")
    inputs = models.JSONField(help_text="The facts of the decision, see bot.shop.decisions.facts")
    result = models.JSONField(help_text="The whole decision, see bot.shop.decisions.decision")
    rules = models.CharField(max_length=16, help_text="Fingerprint of the rules it was decided with")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    superseded_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="supersedes")
    identity = models.CharField(max_length=200, blank=True)
    conversation = models.CharField(max_length=200, db_index=True)
    message_id = models.CharField(max_length=200)
    decided_on = models.DateField(help_text="The day the customer asked, in the shop's time zone")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "message_id", "asked_kind", "order"], name="one_case_per_message_kind_order"
            )
        ]

    def __str__(self) -> str:
        return self.number


class CaseItem(models.Model):
    """An order line that a case is about. `open_key` is set while the case is open and unique: one open case per
    order line and kind, also between two processes."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="items")
    item = models.ForeignKey(OrderItem, models.PROTECT, related_name="cases")
    qty = models.PositiveIntegerField()
    open_key = models.CharField(max_length=64, null=True, blank=True, unique=True)

    def __str__(self) -> str:
        return f"{self.qty} × {self.item.sku}"


class CaseEvent(models.Model):
    """One line of a case's log. A conversation that came back to an open case is in it too."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    event = models.CharField(max_length=32)
    actor = models.CharField(max_length=64, default="bot")
    conversation = models.CharField(max_length=200, blank=True, db_index=True)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"


class CaseCounter(models.Model):
    """The last number given in a month (`2611`)."""

    month = models.CharField(max_length=4, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.month}: {self.last}"


class OrderContact(models.Model):
    """A conversation that was about a problem with an order, on a day: what the third-contact rule counts."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="contacts")
    conversation = models.CharField(max_length=200)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "conversation"], name="one_contact_per_conversation")]

    def __str__(self) -> str:
        return f"{self.order_id} on {self.day}"


class IdentityLock(models.Model):
    """Wrong tries of an identity, or about an order number (known or not: only its digest is kept)."""

    scope = models.CharField(max_length=8)
    key = models.CharField(max_length=64)
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_lock_per_scope_key")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.tries}"


class IdentityAttempt(models.Model):
    """One try to prove an order. A turn that is replayed finds its own try and does not count twice."""

    identity = models.CharField(max_length=200)
    conversation = models.CharField(max_length=200)
    message_id = models.CharField(max_length=200)
    order_key = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10)
    tries_left = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["identity", "at"], name="attempts_of_identity")]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "message_id", "order_key"], name="one_attempt_per_message_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at:%Y-%m-%d %H:%M}"


class OrderProof(models.Model):
    """That a conversation's identity has proven an order, until it expires."""

    identity = models.CharField(max_length=200)
    conversation = models.CharField(max_length=200)
    order = models.ForeignKey(Order, models.CASCADE, related_name="proofs")
    proven_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "identity", "order"], name="one_proof_per_order")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} until {self.expires_at:%Y-%m-%d %H:%M}"


class SystemEvent(models.Model):
    """A webhook of the shop's system that was taken in, by the name that the system gave it; never its content."""

    system = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    topic = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "event_id"], name="one_system_event")]

    def __str__(self) -> str:
        return f"{self.system} {self.topic}"


class SystemSync(models.Model):
    """When something was last fetched from the shop's system: an order by its number, or all that changed."""

    name = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M}"
