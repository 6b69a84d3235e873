"""The widget's files: small, self-contained, and safe by construction."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from channels.web import bundle

FILES = Path(__file__).parents[2] / "channels" / "web" / "static" / "channels" / "web"
LOADER, APP = FILES / "loader.js", sorted(set(FILES.glob("*.js")) - {FILES / "loader.js"})
EVERY = [LOADER, *APP]
NAMES = [path.name for path in EVERY]


def node(script: str) -> Any:
    if not shutil.which("node"):
        pytest.skip("there is no node on this machine to run the widget's modules with")
    command = ["node", "--input-type=module", "-e", script]
    return json.loads(subprocess.run(command, cwd=FILES, capture_output=True, text=True, check=True, timeout=30).stdout)


def test_the_loader_has_at_most_3_kb() -> None:
    assert 500 < len(bundle.loader().gzipped) <= 3_000


def test_the_app_has_at_most_25_kb() -> None:
    assert 5_000 < len(bundle.app().gzipped) <= 25_000


def test_no_module_is_left_out_of_the_app() -> None:
    assert sorted(bundle.modules()) == [path.name for path in APP]


def test_one_file_says_what_the_modules_say(tmp_path: Path) -> None:
    """No name is declared twice, nothing is imported, nothing but the entry is let out, no text has lost a line."""
    script = bundle.app().plain.decode()
    assert re.findall(r"(?m)^(?:import|export) .*", script) == re.findall(r"(?m)^export .*start\(.*", script)
    assert not re.search(r"(?m)^//", script)
    together = tmp_path / "app.mjs"
    together.write_text(script)
    names = ["document", "location", "navigator", "matchMedia"]
    pretend = "; ".join(f"globalThis.{name} ??= {{}}" for name in names)
    result = node(f"""
      globalThis.window = globalThis; {pretend};
      const one = await import({json.dumps(str(together))});
      const {{ CSS }} = await import('./style.js');
      console.log(JSON.stringify({{ start: typeof one.start, css: CSS.split('\\n').length }}));
    """)
    assert result["start"] == "function"
    assert all(line in script for line in (FILES / "style.js").read_text().splitlines() if not line.startswith("//")
               and not line.startswith("export"))  # fmt: skip


@pytest.mark.parametrize("path", EVERY, ids=NAMES)
@pytest.mark.parametrize(
    "forbidden",
    [
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write",
        r"\beval\(|new Function",
        r"\.style\b|setAttribute\('style",
        r"\bcookie\b",
    ],
)
def test_nothing_can_turn_data_into_code_or_needs_inline_styles(path: Path, forbidden: str) -> None:
    assert not re.search(forbidden, path.read_text())


@pytest.mark.parametrize("path", EVERY, ids=NAMES)
def test_no_file_names_another_host(path: Path) -> None:
    code = re.sub(r"(?m)^\s*//.*$", "", path.read_text())
    assert set(re.findall(r"https?://[\w.-]+", code)) <= {"http://www.w3.org"}


@pytest.mark.parametrize("path", APP, ids=[path.name for path in APP])
def test_every_import_is_one_of_our_own_files_and_keeps_its_name(path: Path) -> None:
    for name in re.findall(r"from '([^']+)'", path.read_text()):
        assert (FILES / name).resolve() in APP
    for names in re.findall(r"import \{([^}]*)\}", path.read_text()):
        assert " as " not in names


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return len(value) if isinstance(value, list) else sorted(re.findall(r"\{\w+\}", value))


def test_both_languages_say_the_same_things() -> None:
    texts = node("import {TEXTS} from './texts.js'; console.log(JSON.stringify(TEXTS))")
    assert set(texts) == {"es", "en"}
    assert shape(texts["es"]) == shape(texts["en"])
    assert all(text for language in texts.values() for text in language.values())


def test_the_stream_is_read_as_the_standard_says() -> None:
    """Split anywhere, with either line break; comments and broken data give nothing."""
    message = 'id: 3\nevent: message\ndata: {"seq":\ndata: 3}\n\n'
    typing = 'event: typing\r\ndata:{"on":true}\r\n\r\n'
    stream = f"retry: 1500\n\n: still here\n\n{message}{typing}data: {{broken\n\n"
    script = f"""
      import {{ readEvents }} from './sse.js';
      const bytes = new TextEncoder().encode({json.dumps(stream + 'data: "ñ"' + chr(10) + chr(10))});
      const results = [];
      for (const size of [1, 2, 7, 1000]) {{
        const chunks = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        const body = new ReadableStream({{ start(c) {{ chunks.forEach((chunk) => c.enqueue(chunk)); c.close(); }} }});
        const events = [];
        await readEvents({{ body }}, (name, data) => events.push([name, data]), () => {{}});
        results.push(events);
      }}
      console.log(JSON.stringify(results));
    """
    assert node(script) == [[["message", {"seq": 3}], ["typing", {"on": True}], ["message", "ñ"]]] * 4


def test_waiting_grows_and_is_spread() -> None:
    script = """
      globalThis.addEventListener = () => {};
      const { wait } = await import('./live.js');
      const spread = (failures) => Array.from({ length: 200 }, () => wait(failures));
      const ends = [1, 2, 3, 9].map((each) => [Math.min(...spread(each)), Math.max(...spread(each))]);
      console.log(JSON.stringify({ ends, told: wait(1, 60), distinct: new Set(spread(3)).size }));
    """
    result = node(script)
    for (low, high), longest in zip(result["ends"], [1000, 2000, 4000, 30000], strict=True):
        assert longest / 2 <= low < high <= longest
    assert result["told"] == 60_000 and result["distinct"] > 100
