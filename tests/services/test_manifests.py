"""What others deploy: held to the linters of its own kind, and to the settings that the code reads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yml"))
OBJECTS = [path for path in MANIFESTS if path.name != "kustomization.yml"]
# Read by programs of others.
THEIRS = {"POSTGRES_USER", "POSTGRES_PASSWORD", "FORWARDED_ALLOW_IPS", "POSTVENTA_DOMAIN"}


def lint(*command: str) -> None:
    done = subprocess.run([*command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_the_yaml_is_tidy() -> None:
    lint(sys.executable, "-m", "yamllint", "-s", "-c", "deploy/yamllint.yml", "deploy")


def test_compose_is_what_its_specification_describes() -> None:
    lint(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "deploy/compose.yml")


def test_kubernetes_knows_every_field() -> None:
    lint(tool("kubernetes-validate"), "--strict", "--quiet", *map(str, OBJECTS))


def test_the_images_are_built_as_hadolint_would() -> None:
    lint(tool("hadolint"), *map(str, sorted((DEPLOY / "images").glob("*.Dockerfile"))))


def test_kustomize_lists_every_manifest() -> None:
    listed = set(yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yml").read_text())["resources"])
    assert listed == {path.name for path in OBJECTS} - {"secrets.example.yml"}


def documents(path: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [each for path in OBJECTS for each in documents(path) if each["kind"] in kinds]


def pods() -> list[tuple[str, dict[str, Any]]]:
    found = of_kind("Deployment", "StatefulSet", "Job")
    return [(each["metadata"]["name"], each["spec"]["template"]) for each in found]


def test_services_and_policies_speak_of_pods_that_exist() -> None:
    labels = {template["metadata"]["labels"]["app"] for _, template in pods()}
    wanted = {each["spec"]["selector"]["app"] for each in of_kind("Service")}
    for policy in of_kind("NetworkPolicy"):
        wanted |= set(re.findall(r"'app': '([a-z-]+)'", str(policy)))
    assert wanted <= labels and len(wanted) >= 5


@pytest.mark.parametrize(("name", "template"), pods(), ids=[name for name, _ in pods()])
def test_no_pod_may_more_than_it_needs(name: str, template: dict[str, Any]) -> None:
    spec = template["spec"]
    assert spec["securityContext"]["runAsNonRoot"] and spec["automountServiceAccountToken"] is False
    for container in spec["containers"]:
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert {"memory"} <= set(container["resources"]["limits"])


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    return found


def settings_named() -> set[str]:
    """Every environment variable that the deployments set."""
    named = {name for service in compose()["services"].values() for name in service.get("environment", {})}
    for each in of_kind("ConfigMap", "Secret"):
        named |= set(each.get("data", {})) | set(each.get("stringData", {}))
    return named - THEIRS


def test_every_setting_is_one_that_the_example_file_explains() -> None:
    explained = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M))
    assert settings_named() <= explained


def test_the_deployments_give_every_process_the_same_settings() -> None:
    needed = {"DATABASE_URL", "REDIS_URL", "CHROMA_URL", "RASA_URL", "POSTVENTA_ACTIONS_URL", "POSTVENTA_SECRET_KEY"}
    services = compose()["services"]
    assert all(needed <= set(services[name]["environment"]) for name in ("web", "worker", "actions", "migrate"))
    rasas = [name for name in services if name.startswith("rasa-")]
    urls = services["web"]["environment"]["RASA_URL"].split(",")
    assert urls == [f"http://{name}:5005" for name in rasas]


def test_kubernetes_asks_every_rasa_that_it_starts() -> None:
    (rasa,) = [each for each in of_kind("StatefulSet") if each["metadata"]["name"] == "rasa"]
    (settings,) = of_kind("ConfigMap")
    names = [f"http://rasa-{number}.rasa:5005" for number in range(rasa["spec"]["replicas"])]
    assert settings["data"]["RASA_URL"].split(",") == names


def test_commands_name_modules_that_exist() -> None:
    commands = [str(service.get("command", "")) for service in compose()["services"].values()]
    commands += [
        str(container.get("command", "")) for _, template in pods() for container in template["spec"]["containers"]
    ]
    text = "\n".join([*commands, *(path.read_text() for path in (DEPLOY / "images").glob("*.Dockerfile"))])
    for module in ("actions.server", "bot.dialogue.components.serve", "bot.asgi:application"):
        assert module in text
        assert (ROOT / (module.partition(":")[0].replace(".", "/") + ".py")).is_file()
    assert "manage.py, worker" in text or "'manage.py', 'worker'" in text
    assert (DEPLOY / "images" / "prepare.sh").is_file()
