"""A mistake in a rule file stops the start and names its line."""

import re
from pathlib import Path

import pytest

from bot.shop import catalogue, policies, sentences
from bot.shop.marked_yaml import FileMistake, load
from bot.shop.rulebook import Rulebook, check, current
from bot.shop.understand.lexicon import Lexicon
from bot.shop.understand.lexicon import current as lexicon


def line_of(text: str, path: Path = policies.PATH) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def changed(tmp_path: Path, old: str, new: str, path: Path = policies.PATH) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    copy = tmp_path / path.name
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("old", "new", "found_at", "says"),
    [
        ("    days: 30\n", "    days: thirty\n", "    days: 30", "valid integer"),
        ("    days: 30\n", "    days: 0\n", "    days: 30", "greater than or equal to 1"),
        ("    days: 30\n", "    days: 30.5\n", "    days: 30", "integer"),
        ("    days: 30\n", "    day: 30\n", "    days: 30", "not known"),
        ("    days: 30\n", "", "  window:", "missing"),
        ("    days: 30\n", "    days: 30\n    days: 31\n", "    es: Puedes devolver tu compra", "already on line"),
        ("price: 4.95", "price: -4.95", "price: 4.95", "greater than or equal to 0"),
        ("price: 4.95", "price: 4.955", "price: 4.95", "decimal places"),
        ("price: 4.95", "price: true", "price: 4.95", "Decimal"),
        ("{days} días desde la entrega, por", "{dais} días desde la entrega, por", "  window:", "dais"),
        ('delivered_from: "11-15"', 'delivered_from: "11-31"', "delivered_from", "day"),
        ("zones: [eu]", "zones: [moon]", "zones: [eu]", "mainland"),
        ("statuses: [paid]", "statuses: [payed]", "statuses: [paid]", "paid"),
        ('closes: "14:00"', 'closes: "09:00"', "    saturday: {opens", "opens at"),
        ("part: motor", "part: engine", "part: motor", "motor"),
        ("id: returns.window", "id: Returns Window", "id: returns.window", "pattern"),
        ("returns:\n", "returns: [\n", "    id: returns.window", "not valid YAML"),
    ],
)
def test_a_mistake_in_the_policies_is_named_with_its_line(tmp_path, old, new, found_at, says):
    with pytest.raises(FileMistake) as raised:
        policies.read(changed(tmp_path, old, new))
    message = str(raised.value)
    assert says in message
    lines = [int(number) for number in re.findall(r"policies\.yml line (\d+):", message)]
    assert line_of(found_at) in lines


def test_every_mistake_is_told_at_once(tmp_path):
    copy = changed(tmp_path, "    days: 30\n", "    days: x\n")
    copy.write_text(copy.read_text().replace("price: 4.95", "price: y"))
    with pytest.raises(FileMistake) as raised:
        policies.read(copy)
    assert len(str(raised.value).splitlines()) == 2


def test_two_rules_cannot_have_one_id(tmp_path):
    with pytest.raises(FileMistake, match=r"two rules have the id 'returns\.window'"):
        policies.read(changed(tmp_path, "id: returns.december", "id: returns.window"))


def test_an_empty_file_is_refused(tmp_path):
    empty = tmp_path / "policies.yml"
    empty.write_text("# nothing\n")
    with pytest.raises(FileMistake, match="empty"):
        policies.read(empty)


def test_a_rule_cannot_name_a_product_that_is_not_sold(tmp_path):
    rules = policies.read(changed(tmp_path, "sku: VX12", "sku: VX13"))
    with pytest.raises(FileMistake, match=rf"line {line_of('id: warranty.commercial.vx12_motor')}.*VX13"):
        check(Rulebook(rules, catalogue.current()))


def test_a_product_cannot_be_listed_twice(tmp_path):
    with pytest.raises(FileMistake, match="twice"):
        catalogue.read(changed(tmp_path, "sku: CH2", "sku: BR20", catalogue.PATH))


def test_a_sentence_can_only_name_what_a_decision_knows(tmp_path):
    with pytest.raises(FileMistake, match="deadlin"):
        load(changed(tmp_path, "{deadline}", "{deadlin}", sentences.PATH), sentences.Sentences)


def test_a_list_of_words_cannot_be_empty(tmp_path):
    file = tmp_path / "lexicon.yml"
    file.write_text("yes: [si, no]\nno: []\n")
    with pytest.raises(FileMistake, match=r"line 2"):
        load(file, Lexicon)


def test_yes_and_no_are_words_not_booleans():
    assert "no" in lexicon()["no"] and "yes" in lexicon()["yes"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_clause_can_be_told(language):
    for rule in policies.current().rules():
        text = sentences.clause(rule.id, language)
        assert text and "{" not in text


def test_numbers_said_in_a_sentence_are_those_of_the_rule():
    assert "30 días" in sentences.clause("returns.window", "es")
    assert "4,95 €" in sentences.clause("return_shipping.pickup", "es")
    assert "€300.00" in sentences.clause("people.high_value", "en")


def test_the_fingerprint_changes_with_a_number(tmp_path):
    other = policies.read(changed(tmp_path, "    days: 30\n", "    days: 31\n"))
    assert Rulebook(other, catalogue.current()).fingerprint != current().fingerprint
