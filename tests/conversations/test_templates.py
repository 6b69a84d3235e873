"""The approved messages: their file, what is filled in, and how they go out when the window is closed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as speed
from hypothesis import strategies as st

from bot.conversations.management.commands.whatsapp_templates import report
from bot.conversations.templates import LONGEST, BadValue, all_templates, read, templates_are_whole
from channels.base import Outbound
from tests.channels.standins import Twilio
from tests.channels.twilio_account import adapter

GOOD = {
    "es": "Hola, {name}: tu caso {case} sigue. Contesta cuando puedas.",
    "en": "Hello {name}, your case {case} goes on. Reply whenever you can.",
}


def written(path: Path, **changes: Any) -> Path:
    body = {"category": "utility", "variables": "[name, case]", **GOOD, **changes}
    lines = [f"  {key}: {value if key == 'variables' else repr(value)}" for key, value in body.items() if value]
    path.write_text("news:\n" + "\n".join(lines), encoding="utf-8")
    return path


def test_the_shops_own_file_is_whole_and_has_both_languages() -> None:
    assert templates_are_whole(None) == []
    assert len(read()) >= 3
    assert all(set(template.texts) == {"es", "en"} for template in read().values())


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"en": "Hello {name}, it goes on."}, "news.en uses name"),
        ({"es": "Hola, {nombre}: tu {case} sigue."}, "news.es uses case, nombre"),
        ({"es": "{name}: tu caso {case} sigue."}, "beginning or the end"),
        ({"es": "Hola, {name}: sigue tu caso {case}."}, "beginning or the end"),
        ({"es": "Hola, {name} {case}, seguimos."}, "side by side"),
        ({"en": ""}, "needs a text in en"),
        ({"category": "spam"}, "category"),
        ({"es": "x" * 900 + GOOD["es"]}, "may exceed 1024"),
        ({"es": "Hola, {}: tu caso {case} sigue."}, "between braces"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read(written(tmp_path / "templates.yml", **changes))


def test_a_good_file_is_read(tmp_path: Path) -> None:
    text, template = read(written(tmp_path / "t.yml"))["news"].fill("en", {"name": "Lucía", "case": "PV-1"})
    assert text == "Hello Lucía, your case PV-1 goes on. Reply whenever you can."
    assert (template.name, template.language, template.variables) == ("news", "en", {"1": "Lucía", "2": "PV-1"})


@pytest.mark.parametrize("values", [{}, {"name": " ", "agent": "Ana"}, {"name": "L" * 201, "agent": "Ana"},
                                    {"name": "Lucía", "agent": "Ana", "other": "x"}])  # fmt: skip
def test_a_template_is_not_sent_with_a_gap(values: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        all_templates()["answer_ready"].fill("es", values)


@speed(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(all_templates())), st.sampled_from(["es", "en", "fr"]), st.data())
def test_whatever_is_filled_in_whatsapp_takes_it(name: str, language: str, data: st.DataObject) -> None:
    template = all_templates()[name]
    values = {each: data.draw(st.text(max_size=250)) for each in template.variables}
    try:
        text, filled = template.fill(language, values)
    except BadValue:
        return
    assert len(text) <= LONGEST
    numbered = template.numbered(filled.language)
    for number, value in filled.variables.items():
        assert value.strip() and not re.search(r"[\n\t]| {4}", value)
        numbered = numbered.replace(f"{{{{{number}}}}}", value, 1) if "{{" not in value else numbered
    assert "{{" in "".join(filled.variables.values()) or numbered == text


async def test_what_is_missing_at_twilio_is_created_and_submitted_once() -> None:
    twilio = Twilio()
    whatsapp = adapter(twilio)
    assert all("not at Twilio" in line for line in await report(whatsapp, submit=False))
    assert not twilio.contents
    lines = await report(whatsapp, submit=True)
    assert len(lines) == len(twilio.contents) == 2 * len(all_templates())
    made = {content["friendly_name"]: content for content in twilio.contents}
    body = made["answer_ready_es"]["types"]["twilio/text"]["body"]
    assert body.startswith("Hola, {{1}}: soy {{2}}") and made["answer_ready_es"]["language"] == "es"
    asked = [each["category"] for each in twilio.asked("/ApprovalRequests/whatsapp")]
    assert asked == [template.category.upper() for template in all_templates().values() for _language in ("es", "en")]
    assert all("not submitted" in line for line in await report(adapter(twilio), submit=True)), "Twilio has them all"
    text, template = all_templates()["answer_ready"].fill("es", {"name": "Lucía", "agent": "Ana"})
    out = Outbound(id="00000000-0000-0000-0000-000000000007", to="+34600111222", actor="human", text=text,
                   template=template)  # fmt: skip
    await whatsapp.send(whatsapp.render(out, False)[0])
    assert twilio.asked("/Messages.json")[-1]["ContentSid"] == made["answer_ready_es"]["sid"]
