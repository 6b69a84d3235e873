"""outreach.yml and offers.yml: the shop's own are good, and a mistake is named with its line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.conversations.templates import all_templates
from bot.outreach import offers, rules
from bot.shop.marked_yaml import FileMistake


def test_the_shops_own_rules_are_good() -> None:
    found = rules.current()
    events = {rule.event for rule in found.rules}
    assert events == {
        "delivered", "maintenance", "warranty_ends", "recall", "anniversary", "quiet_case", "incident_over",
    }  # fmt: skip
    assert found.rules[0].purpose == "safety", "a recall goes before everything else"


def test_marketing_needs_a_marketing_template_and_says_how_to_stop_it() -> None:
    for rule in rules.current().rules:
        template = all_templates()[rule.template]
        assert (rule.purpose == "marketing") == (template.category == "marketing"), rule.id
        if rule.purpose in ("marketing", "service") and rule.event not in ("quiet_case",):
            assert "sin avisos" in template.texts["es"] and "no reminders" in template.texts["en"], rule.id


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("delay: 10 days after", "delay: ten days", "delay"),
        ("template: outreach_all_well", "template: outreach_all_wel", "templates.yml has no such text"),
        ("{LR3: lince-r3-mantenimiento}", "{LR4: lince-r3-mantenimiento}", "catalogue.yml has no such product"),
        ("channels: [whatsapp, telegram, mail]", "channels: [whatsap]", "no such channel"),
        ('from: "21:00"', 'from: "25:00"', "time of the day"),
        ("    every: 3 months\n", "", "maintenance needs both"),
        ("    asks: nps\n", "", "a survey needs"),
        ("    guides: {CH2: recall-chispa-2}\n", "", "guides"),
        ("delay: 30 days before", "delay: 30 days after", "warranty_ends needs it"),
        ('"Tu caso {case}"', '"Tu caso {cas}"', "cannot have cas"),
        ("  - id: nps\n", "  - id: recall\n", "appear twice"),
        ("    keep: 5\n", "", "too late"),
        ("per_day: 1", "per_dey: 1", "not known"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, before: str, after: str, says: str) -> None:
    good = rules.PATH.read_text(encoding="utf-8")
    assert before in good
    broken = tmp_path / "outreach.yml"
    broken.write_text(good.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(FileMistake, match=rf"outreach\.yml line \d+.*{says}"):
        rules.read(broken)


def test_the_line_named_is_the_line_of_the_mistake(tmp_path: Path) -> None:
    good = rules.PATH.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(good, 1) if "delay: 10 days after" in text)
    broken = tmp_path / "outreach.yml"
    broken.write_text("\n".join(good).replace("delay: 10 days after", "delay: soon"), encoding="utf-8")
    with pytest.raises(FileMistake, match=rf"line {line}: rules\.\d+\.delay"):
        rules.read(broken)


def test_upkeep_falls_on_the_same_day_of_the_month() -> None:
    rule = rules.current().get("descale")
    assert rule is not None
    days = rule.occurrences(date(2026, 11, 30))
    assert days[:4] == [date(2027, 2, 28), date(2027, 5, 30), date(2027, 8, 30), date(2027, 11, 30)]
    assert rule.shift == timedelta(0)


def test_the_shops_own_offers_are_good() -> None:
    found = offers.current()
    assert {offer.kind for offer in found.offers} == {"product", "points", "friend"}
    assert 0 < found.hold_out < 1


def test_a_mistake_in_the_offers_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "offers.yml"
    broken.write_text(offers.PATH.read_text(encoding="utf-8").replace("sku: MRH", "sku: MRX"), encoding="utf-8")
    with pytest.raises(FileMistake, match=r"offers\.yml line \d+: offers\.0\.sku: .*no such product"):
        offers.read(broken)
