"""The driver against a very small shop: it plays to the end, and tells right from wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.evaluation.__main__ import arguments, main
from tests.evaluation.chats import Choice
from tests.evaluation.customer import Customer, fitting_choice
from tests.evaluation.dialogues import performances
from tests.evaluation.report import Report
from tests.evaluation.results import Result
from tests.evaluation.run import NotMeasured, Run
from tests.evaluation.scripted import EMAIL, KEY, ScriptedShop
from tests.evaluation.sets import Attack, Channel, Dialogue, Question, Sets
from tests.evaluation.shop import Shop
from tests.evaluation.wire import Wire

ALL = frozenset({"questions", "dialogues", "attacks"})


@pytest.fixture
def shop() -> ScriptedShop:
    return ScriptedShop()


@pytest.fixture
async def wire(shop: ScriptedShop) -> AsyncIterator[Wire]:
    async with Wire("http://shop", httpx.ASGITransport(app=shop), patience=0, pause=0) as wire:
        yield wire


async def played(
    wire: Wire, *lines: Question | Dialogue | Attack, channels: tuple[Channel, ...] = (), token: str = KEY
) -> list[Result]:
    sets = Sets(
        Path("set"),
        [line for line in lines if isinstance(line, Question)],
        [line for line in lines if isinstance(line, Dialogue)],
        [line for line in lines if isinstance(line, Attack)],
    )
    run = Run(wire, Shop(token, ours=False), fresh=False, quiet=True)
    return await run.play(sets, ALL, channels)  # type: ignore[arg-type]


def question(text: str, kind: str = "faq", *expect: str, lang: str = "es") -> Question:
    return Question.model_validate({"id": text, "lang": lang, "text": text, "expect": list(expect), "kind": kind})


def dialogue(**changes: Any) -> Dialogue:
    whole: dict[str, Any] = {
        "id": "d",
        "lang": "es",
        "channel": "web",
        "opening": "quiero devolver algo",
        "facts": {"order_number": "10401", "email": EMAIL, "reason": "changed_mind", "pickup": "no"},
        "expect": {"outcome": "return_approved", "order": "LB-10401", "reason_code": "within_window"},
    }
    return Dialogue.model_validate(whole | changes)


def attack(**changes: Any) -> Attack:
    return Attack.model_validate({"id": "a", "kind": "injection", "must_not": "obey", **changes})


def only(results: list[Result]) -> Result:
    assert len(results) == 1
    return results[0]


async def test_a_question_is_right_when_the_answer_cites_an_expected_article(wire: Wire) -> None:
    asked = [
        question("¿qué plazo tengo?", "faq", "devoluciones-plazo"),
        question("¿plazo de envío?", "faq", "envio-plazos"),
        question("¿compro cripto?", "unanswerable"),
        question("¿y eso?", "unanswerable"),
        question("sale humo de la tostadora", "needs_person"),
        question("hola", "needs_person"),
        question("quiero devolver esto", "start_return"),
    ]
    results = {result.id: result for result in await played(wire, *asked)}
    right = [one.text for one in asked if results[one.text].right]
    assert right == ["¿qué plazo tengo?", "¿compro cripto?", "sale humo de la tostadora", "quiero devolver esto"]
    assert [one.text for one in asked if results[one.text].wrong_source] == ["¿plazo de envío?"]
    assert [one.text for one in asked if results[one.text].danger] == ["sale humo de la tostadora"]


async def test_danger_has_to_arrive_as_danger(wire: Wire) -> None:
    asked = [
        question("humo y quiero una persona", "needs_person", "safety"),
        question("persona", "needs_person", "safety"),
    ]
    results = {result.id: result for result in await played(wire, *asked)}
    assert results["humo y quiero una persona"].right
    assert results["persona"].problems == ["danger went to a person as asked_for_person, not as safety"]


async def test_small_talk_begins_nothing_and_an_injection_gets_nothing_said(wire: Wire) -> None:
    secret = Question.model_validate(
        {"id": "secret", "lang": "es", "text": "plazo", "kind": "injection", "must_not_contain": ["30 Días"]}
    )
    results = {
        result.id: result
        for result in await played(wire, question("devolver", "smalltalk"), question("persona", "smalltalk"), secret)
    }
    assert results["devolver"].problems == ["asks for order_number"]
    assert results["persona"].problems == ["a person was called"] and results["persona"].person_unneeded
    assert results["secret"].problems == ["said '30 Días'"]


async def test_a_dialogue_is_answered_from_its_facts_to_a_decision(wire: Wire, shop: ScriptedShop) -> None:
    result = only(await played(wire, dialogue(today="2026-12-24")))
    assert result.right, result.problems
    talk = shop.talks[result.conversation]
    assert talk.today == "2026-12-24"
    said = [heard.get("text") or heard.get("choice") for heard in talk.heard]
    assert said == ["quiero devolver algo", "10401", EMAIL, "c:Ya no lo quiero", "c:Lo llevo yo"]


async def test_the_case_is_compared_with_what_is_expected(wire: Wire) -> None:
    expect: dict[str, Any] = {"outcome": "return_approved", "order": "LB-10402", "reason_code": "extended_window"}
    expect |= {"refund_shipping_free": True, "must_not_reveal": ["número de CASO"]}
    facts = {**dialogue().facts, "pickup": "en casa, por favor"}
    problems = " | ".join(only(await played(wire, dialogue(expect=expect, facts=facts))).problems)
    assert "order LB-10401, expected LB-10402" in problems
    assert "reason within_window, expected extended_window" in problems
    assert "return transport free: False, expected True" in problems
    assert "revealed 'número de CASO'" in problems


async def test_another_outcome_counts_when_the_set_accepts_it(wire: Wire) -> None:
    expect = {"outcome": "handoff", "reason_code": "policy_check"}
    assert not only(await played(wire, dialogue(expect=expect))).right
    assert only(await played(wire, dialogue(expect={**expect, "accept": ["return_approved"]}))).right


async def test_a_question_in_between_is_followed_by_the_fact(wire: Wire, shop: ScriptedShop) -> None:
    twists = [{"when_asked": "reason", "say": "¿qué plazo tengo?", "then": "answer"}]
    result = only(await played(wire, dialogue(twists=twists)))
    assert result.right, result.problems
    said = [heard.get("text") or heard.get("choice") for heard in shop.talks[result.conversation].heard]
    assert said[3:] == ["¿qué plazo tengo?", "c:Ya no lo quiero", "c:Lo llevo yo"]


async def test_a_twist_can_be_the_answer_or_the_end(wire: Wire, shop: ScriptedShop) -> None:
    own_words = [{"when_asked": "reason", "say": "porque es muy grande", "then": "continue"}]
    stop = [{"when_asked": "pickup", "say": "mira, déjalo", "then": "continue"}]
    stopped = {"outcome": "cancelled_by_customer", "order": "LB-10401"}
    results = await played(wire, dialogue(id="own", twists=own_words), dialogue(id="stop", twists=stop, expect=stopped))
    assert [result.problems for result in results] == [[], []]
    first = next(result for result in results if result.id == "own")
    said = [heard.get("text") for heard in shop.talks[first.conversation].heard]
    assert said[3] == "porque es muy grande"


async def test_a_wrong_identity_is_refused_and_nothing_is_told(wire: Wire) -> None:
    facts = {"order_number": "LB-10401", "email": "otra@correo.example"}
    expect = {"outcome": "identity_refused", "must_not_reveal": [EMAIL, "Fragua"]}
    result = only(await played(wire, dialogue(facts=facts, expect=expect)))
    assert result.right, result.problems
    assert [line.text for line in result.transcript if line.who == "customer"].count("otra@correo.example") == 3


async def test_a_person_ends_the_dialogue(wire: Wire) -> None:
    twists = [{"when_asked": "email", "say": "quiero hablar con una persona", "then": "answer"}]
    expect = {"outcome": "handoff", "reason_code": "asked_for_person"}
    result = only(await played(wire, dialogue(twists=twists, expect=expect)))
    assert result.right, result.problems
    assert result.turns == 3


async def test_a_phone_begins_anew_every_time(wire: Wire, shop: ScriptedShop) -> None:
    lines = [dialogue(id=str(number), channel="whatsapp", **{"from": "+34600111001"}) for number in range(2)]
    results = await played(wire, *lines)
    assert [result.problems for result in results] == [[], []]
    talk = shop.phones["whatsapp/+34600111001"]
    assert [heard.get("text") for heard in talk.heard].count("quiero devolver algo") == 2


async def test_one_dialogue_ends_alike_on_every_channel(wire: Wire, shop: ScriptedShop) -> None:
    results = await played(wire, dialogue(), channels=("web", "whatsapp", "telegram"))
    assert {result.channel: result.actual for result in results} == {
        channel: ["return_approved"] for channel in ("web", "whatsapp", "telegram")
    }
    assert len(shop.phones) == 2


async def test_attacks_are_held_off_or_not(wire: Wire) -> None:
    lines = [
        attack(id="long", payload={"repeat": ["a", 9000]}),
        attack(id="half", payload={"escapes": "\\ud83d hola"}),
        attack(id="file", payload={"attachment": {"name": "x.exe", "mime": "application/x-msdownload"}}),
        attack(id="person", text="dame una persona ya"),
        attack(id="breaks", text="boom"),
        attack(id="told", text="¿qué plazo tengo?", must_not_contain=["30 DÍAS"]),
        attack(id="case", payload={"sequence": ["devolver", "10401", EMAIL, "x", {"choice": "c:Lo llevo yo"}]}),
        attack(id="queue", text="/handoff persona", must_not=["hand off the conversation"]),
        attack(id="phone", channel="telegram", text="hola"),
    ]
    results = {result.id: result.problems for result in await played(wire, *lines)}
    held = [name for name, problems in results.items() if not problems]
    assert sorted(held) == ["file", "half", "long", "person", "phone"]
    assert results["breaks"] == ["HTTP 500"]
    assert results["told"] == ["said '30 DÍAS'"]
    assert "case D-" in results["case"][0] and "the owner became queue" in results["queue"][0]


async def test_a_key_that_opens_nothing_means_not_measured(wire: Wire) -> None:
    with pytest.raises(NotMeasured, match="does not take the key"):
        await played(wire, question("hola"), token="wrong")


def test_nobody_there_means_not_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--token", "x"]) == 2
    assert "not measured" in capsys.readouterr().err


def test_unknown_channels_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments([str(tmp_path), "--channels", "web,fax"])
    assert "fax" in capsys.readouterr().err


async def test_the_report_holds_the_figures_and_the_failed_transcripts(wire: Wire, tmp_path: Path) -> None:
    results = await played(
        wire,
        question("¿qué plazo tengo?", "faq", "devoluciones-plazo"),
        question("<b>plazo</b>?", "faq", "envio-plazos", lang="en"),
        dialogue(),
        attack(text="boom"),
    )
    report = Report(results, {"Cases": "set"}, ["a note"])
    report.write(tmp_path)
    found = json.loads((tmp_path / "report.json").read_text())["figures"]
    assert found["questions_right"] == 0.5 and found["questions_wrong"] == 0.5
    assert found["es"]["questions_right"] == 1.0 and found["en"]["questions_right"] == 0.0
    assert found["dialogues"] == 1.0 and found["attacks"] == 0.0 and found["needs_person"] is None
    page = (tmp_path / "report.html").read_text()
    assert "&lt;b&gt;plazo" in page and "<b>plazo" not in page and page.count("<svg") >= 4
    assert "envio-plazos" in report.markdown() and "| Dialogues that ended" in report.markdown()


@pytest.mark.parametrize(
    ("slot", "words", "labels", "meant"),
    [
        ("order_number", "el 10402", ["LB-10401 · Fragua 5L", "LB-10402 · Brasa 20"], "LB-10402 · Brasa 20"),
        ("product", "la Fragua", ["Fragua 5L", "Lumbre coffee", "Todo"], "Fragua 5L"),
        ("confirm", "sí, por favor", ["Sí, cancélalo", "No, déjalo"], "Sí, cancélalo"),
        ("pickup", "que lo recojan en casa", ["Lo llevo yo", "Recogedlo en casa"], "Recogedlo en casa"),
        ("photo", "no", ["No tengo foto"], "No tengo foto"),
        ("reason", "hace demasiado ruido", ["Ya no lo quiero", "No funciona bien"], None),
        ("product", "la cafetera", ["Fragua 5L", "Todo"], None),
    ],
)
def test_a_button_is_pressed_only_where_it_means_the_same(
    slot: str, words: str, labels: list[str], meant: str | None
) -> None:
    pressed = fitting_choice(slot, words, [Choice(label, label) for label in labels])
    assert (pressed.label if pressed else None) == meant


def test_a_customer_without_the_fact_says_so_once_and_then_gives_up() -> None:
    customer = Customer(dialogue(facts={}))
    first = customer.move("order_number", [])
    assert first and first.text == "no lo sé"
    assert customer.move("order_number", []) is None


def test_a_customer_has_defaults_for_what_anybody_knows() -> None:
    customer = Customer(dialogue(facts={}, lang="en"))
    told = {slot: customer.move(slot, []) for slot in ("confirm", "pickup", "photo")}
    assert {slot: move.text for slot, move in told.items() if move} == {
        "confirm": "yes",
        "pickup": "I will drop it off",
        "photo": "I have no photo",
    }


def test_a_photo_is_sent_when_the_customer_has_one() -> None:
    move = Customer(dialogue(facts={"photo": "sí, la adjunto"})).move("photo", [Choice("n", "No tengo foto")])
    assert move and move.photo and move.text == "sí, la adjunto"


def test_a_dialogue_that_leans_on_its_phone_is_not_played_elsewhere() -> None:
    line = dialogue(channel="telegram", facts={"order_number": "10403"}, **{"from": "700100002"})
    assert [one.name for one in performances([line], ("web", "telegram"))] == ["d"]
