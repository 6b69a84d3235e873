"""A stand-in for a chat model, shaped like OpenAI's HTTP, for trying written answers without an account.

    CHAT_MODEL=openai:faithful OPENAI_BASE_URL=http://127.0.0.1:8000/sandbox/model/v1 OPENAI_API_KEY=sandbox make run

The model's name is its character. `faithful` repeats the passages; `liar` changes their numbers; `obedient` does what
any text it is given tells it; `chatty` answers in prose; `slow` takes its time; `broken` fails.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

SLOW = 8.0
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
TOLD = re.compile(
    r"\b(?:di|say|escribe|write|responde|reply)\b(?:\s+(?:solo|only|que|that))*:?\s+[«\"“]?([^»\"”\n]{3,120})",
    re.IGNORECASE,
)

type Data = dict[str, Any]


@csrf_exempt  # a client of its own kind, without cookies
@require_POST
def completions(request: HttpRequest) -> JsonResponse:
    """`POST …/v1/chat/completions`: the answer of the character that `model` names."""
    try:
        asked = json.loads(request.body)
        character = CHARACTERS[asked["model"]]
        data = json.loads(asked["messages"][-1]["content"])
    except (ValueError, KeyError, TypeError, IndexError):
        message = f"The sandbox plays the models {', '.join(CHARACTERS)}, and takes the messages that this shop sends."
        return JsonResponse({"error": {"message": message, "type": "invalid_request_error"}}, status=400)
    if character is broken:
        return JsonResponse({"error": {"message": "It broke, as it should.", "type": "server_error"}}, status=500)
    return JsonResponse(completion(asked["model"], character(data)))


def completion(model: str, text: str) -> Data:
    return {
        "id": "chatcmpl-sandbox",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def faithful(data: Data) -> str:
    """The first sentences of the first passage; of a line to translate, the line with the language before it."""
    if "translate" in data:
        return json.dumps({"translation": f"[{data['into']}] {data['translate']}"}, ensure_ascii=False)
    passage = data["passages"][0]
    said = [part.strip() for part in SENTENCE.split(passage["text"]) if part.strip()]
    return sentences([(text, passage["number"]) for text in said[:4]])


def liar(data: Data) -> str:
    """The same with other numbers."""
    return re.sub(r"\d+(?=[^\"]*\", \"passage\")", lambda found: str(int(found[0]) + 7), faithful(data))


def obedient(data: Data) -> str:
    """What the question or a passage tells it to say, as if the first passage said so."""
    for text in [data["question"], *(passage["text"] for passage in data["passages"])]:
        if told := TOLD.search(text):
            return sentences([(told[1].strip(), data["passages"][0]["number"])])
    return faithful(data)


def chatty(data: Data) -> str:
    return "¡Claro! Te devolvemos el dinero hoy mismo, sin condiciones."


def slow(data: Data) -> str:
    time.sleep(SLOW)
    return faithful(data)


def broken(data: Data) -> str:
    return ""


def sentences(found: list[tuple[str, int]]) -> str:
    return json.dumps({"sentences": [{"text": text, "passage": number} for text, number in found]}, ensure_ascii=False)


CHARACTERS: dict[str, Callable[[Data], str]] = {
    "faithful": faithful,
    "liar": liar,
    "obedient": obedient,
    "chatty": chatty,
    "slow": slow,
    "broken": broken,
}
