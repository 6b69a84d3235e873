"""The same requests signed by two libraries of Twilio's own, and checked by our adapter."""

from __future__ import annotations

import json
import shutil
import subprocess
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from channels.base import RawRequest, Unauthorized
from tests.channels.outside.install import NPM
from tests.channels.twilio_account import OLD_TOKEN, PATH, PUBLIC, TOKEN, adapter

SIGN = """
const { getExpectedTwilioSignature } = require("twilio");
let said = "";
process.stdin.on("data", (chunk) => { said += chunk; });
process.stdin.on("end", () => {
  const signed = JSON.parse(said).map(([token, url, form]) => getExpectedTwilioSignature(token, url, form));
  process.stdout.write(JSON.stringify(signed));
});
"""
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)
forms = st.dictionaries(names, st.lists(words, min_size=1, max_size=3), min_size=1, max_size=8)
paths = st.sampled_from([PATH, PATH + "?reference=0193.2", PATH + "?a=%20b&c=", PATH + "?ñ=%C3%B1"])
FORMS = [
    {"Body": ["¿Cuánto? 👨‍👩‍👧‍👦 שלום"], "From": ["whatsapp:+34600111222"], "MessageSid": ["SM1"], "NumMedia": ["0"]},
    {"Body": [""], "ProfileName": [" Lucía "], "ParameterOfTomorrow": ["a&b=c+d%20e"], "MessageSid": ["SM1"]},
    {"Tag": ["b", "a", "b", ""], "body": ["x"], "Body": ["y"], "MessageSid": ["SM1"]},
]


class Fields(dict[str, list[str]]):
    def getlist(self, name: str) -> list[str]:
        return self[name]


def arrived(form: dict[str, list[str]], path: str, signature: str) -> RawRequest:
    body = urlencode(form, doseq=True).encode()
    return RawRequest(method="POST", path=path, headers={"x-twilio-signature": signature}, body=body)


@settings(max_examples=100, deadline=None)
@given(forms, paths)
def test_whatever_pythons_library_signs_is_accepted(form: dict[str, list[str]], path: str) -> None:
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, Fields(form))
    adapter().authenticate(arrived(form, path, signature))
    changed = {**form, "Body": [*form.get("Body", []), "y otra cosa"]}
    with pytest.raises(Unauthorized):
        adapter().authenticate(arrived(changed, path, signature))


def test_nodes_library_signs_the_same_and_is_accepted() -> None:
    node = shutil.which("node")
    if node is None or not (NPM / "node_modules" / "twilio").is_dir():
        pytest.skip("Twilio's library for Node is not installed: python -m tests.channels.outside.install (needs npm)")
    asked = [(token, path, form) for token in (TOKEN, OLD_TOKEN) for path in (PATH, PATH + "?reference=0193.2")
             for form in FORMS]  # fmt: skip
    given = json.dumps([(token, PUBLIC + path, form) for token, path, form in asked])
    done = subprocess.run([node, "-e", SIGN], cwd=NPM, input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for (token, path, form), signature in zip(asked, json.loads(done.stdout), strict=True):
        assert signature == RequestValidator(token).compute_signature(PUBLIC + path, Fields(form))
        adapter().authenticate(arrived(form, path, signature))
        with pytest.raises(Unauthorized):
            adapter(auth_tokens=["somebody-elses"]).authenticate(arrived(form, path, signature))
