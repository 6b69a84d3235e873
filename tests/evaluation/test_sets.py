"""Reading an evaluation set: what is right is understood, what is wrong is named with its line."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.evaluation.attacks import moves, unescape
from tests.evaluation.dialogues import performances
from tests.evaluation.sets import Attack, Dialogue, SetMistake, load
from tests.evaluation.shop import waves

QUESTION = {"id": "q1", "lang": "es", "text": "¿plazo?", "expect": ["devoluciones-plazo"], "kind": "faq"}
DIALOGUE = {
    "id": "d1",
    "lang": "es",
    "channel": "web",
    "from": None,
    "opening": "quiero devolver la freidora",
    "facts": {"order_number": "lb 10401", "email": "lucia.romero@correo.example"},
    "expect": {"outcome": "return_approved", "order": "LB-10401", "reason_code": "within_window"},
}


def write(folder: Path, name: str, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return folder


def dialogue(**changes: object) -> Dialogue:
    return Dialogue.model_validate({**DIALOGUE, **changes})


def test_a_folder_may_have_some_of_the_files(tmp_path: Path) -> None:
    sets = load(write(tmp_path, "questions.jsonl", QUESTION, "", {**QUESTION, "id": 7, "note": "kept"}))
    assert [question.id for question in sets.questions] == ["q1", "7"]
    assert sets.dialogues == [] and sets.attacks == []


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SetMistake, match="there are no questions"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "2: not a JSON object"),
        ({**QUESTION, "id": "q2", "kind": "trivia"}, "2: kind: "),
        ({**QUESTION, "id": "q1"}, "2: id 'q1' was used in line 1"),
        ({"id": "q2"}, "2: lang: Field required"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, line: object, words: str) -> None:
    with pytest.raises(SetMistake) as mistake:
        load(write(tmp_path, "questions.jsonl", QUESTION, line))
    assert f"questions.jsonl:{words}" in str(mistake.value)


def test_a_text_may_hold_a_line_separator(tmp_path: Path) -> None:
    strange = {**QUESTION, "text": "uno\u2028dos"}
    assert load(write(tmp_path, "questions.jsonl", strange)).questions[0].text == "uno\u2028dos"


def test_an_attack_is_a_text_or_one_payload(tmp_path: Path) -> None:
    both = {"id": "a", "kind": "x", "text": "hola", "payload": {"repeat": ["a", 2]}}
    two = {"id": "a", "kind": "x", "payload": {"repeat": ["a", 2], "escapes": "b"}}
    for row in (both, two):
        with pytest.raises(SetMistake, match=r"attacks\.jsonl:1"):
            load(write(tmp_path, "attacks.jsonl", row))


def test_a_day_may_be_counted_from_today() -> None:
    assert dialogue(today="2026-12-24").today == date(2026, 12, 24)
    assert dialogue(today="+30").today == date.today() + timedelta(days=30)
    assert dialogue().today is None


def test_accept_may_be_one_outcome_or_several() -> None:
    assert dialogue(expect={"outcome": "handoff", "accept": "answered"}).expect.accept == ["answered"]
    assert dialogue(expect={"outcome": "handoff"}).expect.accept == []


def test_a_dialogue_names_every_order_it_touches() -> None:
    twist = {"when_asked": "email", "say": "no, perdón, es el 10402", "then": "answer"}
    assert dialogue(twists=[twist]).orders == {"LB-10401", "LB-10402"}


def test_dialogues_of_one_order_are_never_in_the_same_wave_and_wrong_identities_come_last() -> None:
    refused = {"outcome": "identity_refused", "order": None}
    other = {"order_number": "10403", "email": "marc.vidal@correo.example"}
    played = performances(
        [
            dialogue(id="refused", expect=refused),
            dialogue(id="one"),
            dialogue(id="two"),
            dialogue(id="marc", facts=other, expect={"outcome": "answered"}),
        ],
        (),
    )
    found = [[one.name for one in wave.performances] for wave in waves(played)]
    assert found == [["one", "marc"], ["two"], ["refused"]]


def test_a_third_contact_is_played_on_the_shop_that_the_first_two_left() -> None:
    third = {"outcome": "handoff", "reason_code": "third_contact", "order": "LB-10401"}
    other = dialogue(id="other", facts={}, expect={"outcome": "answered"})
    lines = [other, dialogue(id="1"), dialogue(id="2"), dialogue(id="3", expect=third)]
    found = [([one.name for one in wave.performances], wave.afresh) for wave in waves(performances(lines, ()))]
    assert found == [(["1"], True), (["2"], False), (["3"], False), (["other"], True)]


def test_dialogues_of_one_phone_come_one_after_another() -> None:
    lines = [
        dialogue(id=str(number), channel="whatsapp", facts={}, expect={"outcome": "answered"}, **{"from": "600111001"})
        for number in range(3)
    ]
    assert [len(wave.performances) for wave in waves(performances(lines, ()))] == [1, 1, 1]


def test_a_dialogue_of_the_web_is_played_by_strangers_on_other_channels() -> None:
    phone = dialogue(id="phone", channel="whatsapp", facts={"reason": "no lo quiero"}, **{"from": "+34600111001"})
    played = performances([dialogue(), phone], ("web", "whatsapp", "telegram"))
    assert [one.name for one in played] == ["d1", "d1@whatsapp", "d1@telegram", "phone"]
    assert played[3].identity == "+34600111001" and played[1].identity not in ("", "+34600111001")


@pytest.mark.parametrize(
    ("payload", "texts"),
    [
        ({"repeat": ["ab", 3], "prefix": "<", "suffix": ">"}, ["<ababab>"]),
        ({"escapes": "\\u202e\\x41\\n\\ud83d"}, ["\u202eA\n\ud83d"]),
        ({"sequence": ["hola", {"text": "LB-10401"}, {"repeat": ["x", 2]}]}, ["hola", "LB-10401", "xx"]),
    ],
)
def test_payloads_become_messages(payload: object, texts: list[str]) -> None:
    attack = Attack.model_validate({"id": "a", "kind": "x", "payload": payload})
    assert [move["text"] for move in moves(attack)] == texts


def test_an_escape_beyond_unicode_is_a_replacement_sign() -> None:
    assert unescape("\\u{1f600}\\U99999999\\\\") == "😀\ufffd\\"
