"""The audit of what is pinned, against a stand-in for the service."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.local import advisories
from deploy.local.console import Console

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def service() -> Iterator[str]:
    """Knows something about leftpad 1.0 alone."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            bad = {"vulns": [{"id": "PYSEC-1"}]}
            results = [bad if (q["package"]["name"], q["version"]) == ("leftpad", "1.0") else {} for q in asked]
            body = json.dumps({"results": results}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/querybatch"
    server.shutdown()
    server.server_close()


def audited(root: Path, service: str) -> tuple[int, str]:
    out = io.StringIO()
    return advisories.audit(root, {"POSTVENTA_ADVISORIES": service}, Console(out)), out.getvalue()


def project(folder: Path, **files: str) -> Path:
    (folder / "requirements").mkdir()
    for name, text in files.items():
        (folder / "requirements" / f"{name.replace('_', '-')}.txt").write_text(text)
    return folder


def test_what_is_known_to_be_dangerous_fails(tmp_path: Path, service: str) -> None:
    code, told = audited(project(tmp_path, app="leftpad==1.0 \\\n    --hash=sha256:00\nother==2.0\n"), service)
    assert code == 1 and "leftpad 1.0 (app.txt): PYSEC-1" in told and "other" not in told


def test_a_newer_version_and_an_accepted_advisory_pass(tmp_path: Path, service: str) -> None:
    assert audited(project(tmp_path, app="leftpad==1.1\n"), service) == (
        0,
        "audit: nothing open in 1 pinned packages\n",
    )
    (tmp_path / "requirements" / "app.txt").write_text("leftpad==1.0\n")
    (tmp_path / "requirements" / "accepted-advisories.txt").write_text("# why\nPYSEC-1 we never pad to the left\n")
    code, told = audited(tmp_path, service)
    assert code == 0 and "we never pad to the left" in told


def test_what_is_frozen_with_rasa_is_told_and_fails_nothing(tmp_path: Path, service: str) -> None:
    code, told = audited(project(tmp_path, rasa="leftpad==1.0\n"), service)
    assert code == 0 and "frozen with Rasa" in told


def test_without_the_service_it_is_skipped_and_says_why(tmp_path: Path) -> None:
    code, told = audited(project(tmp_path, app="leftpad==1.0\n"), "http://127.0.0.1:9/")
    assert code == 0 and "skipped" in told and "URLError" in told


def test_everything_that_is_installed_is_asked_about() -> None:
    found = {(name, file) for name, _version, file in advisories.pinned(ROOT / "requirements")}
    assert {("django", "app.txt"), ("uvicorn", "app.txt"), ("rasa", "rasa.txt"), ("pytest", "dev.txt")} <= found


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_every_pin_has_its_hashes(path: Path) -> None:
    """Without, an installer would take whatever the registry gives under that name."""
    text = path.read_text()
    for number, line in enumerate(text.splitlines()):
        if advisories.PINNED.match(line) and path.name != "rasa-overrides.txt":
            assert line.endswith("\\") and "--hash=sha256:" in text.splitlines()[number + 1], line
