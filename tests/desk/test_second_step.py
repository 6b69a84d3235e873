"""Coming in: the password, the code after it, the sessions that are open, and what is written down of it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from bot.desk.security.models import AuditLine, StaffSession
from bot.desk.security.second_step import code_of, recovery_codes


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "es", "user-agent": "Firefox de Ana"})


def password(account: Any) -> None:
    account.set_password("lumbre")
    account.save()


def sign_in(browser: Client, account: Any, page: str = "/desk") -> Any:
    said = {"username": account.username, "password": "lumbre"}
    return browser.post(f"/login?next={page}", {**said, "next": page})


def device_of(account: Any) -> TOTPDevice:
    """Ana's telephone, set up already."""
    password(account)
    return TOTPDevice.objects.create(user=account, name="phone", confirmed=True)


def test_without_a_second_step_the_password_is_enough_in_the_sandbox(ana, browser) -> None:
    password(ana)
    assert sign_in(browser, ana)["Location"] == "/desk"
    assert browser.get("/desk").status_code == 200
    assert StaffSession.objects.get().browser == "Firefox de Ana"


def test_with_one_nobody_is_in_before_the_code(ana, browser) -> None:
    device = device_of(ana)
    assert sign_in(browser, ana)["Location"] == "/login/code"
    assert browser.get("/desk").status_code == 302
    assert "Segundo paso" in browser.get("/login/code").content.decode()
    wrong = browser.post("/login/code", {"code": "000000"})
    assert wrong.status_code == 422 and browser.get("/desk").status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    code = code_of(device, time.time())
    answer = browser.post("/login/code", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/desk")
    assert browser.get("/desk").status_code == 200
    assert StaffSession.objects.get().two_factor
    # The same code does not open a second time.
    other = Client()
    sign_in(other, ana)
    assert other.post("/login/code", {"code": code}).status_code == 422
    assert other.get("/desk").status_code == 302


def test_wrong_codes_slow_down(ana, browser) -> None:
    device = device_of(ana)
    sign_in(browser, ana)
    for _ in range(3):
        browser.post("/login/code", {"code": "000000"})
    # Even the right one has to wait now.
    assert browser.post("/login/code", {"code": code_of(device, time.time())}).status_code == 422
    assert AuditLine.objects.filter(what="code_failed").count() >= 3


def test_a_recovery_code_opens_once(ana, browser) -> None:
    device_of(ana)
    codes = recovery_codes(ana)
    sign_in(browser, ana)
    assert browser.post("/login/code", {"code": codes[0]}).status_code == 302
    again = Client()
    sign_in(again, ana)
    assert again.post("/login/code", {"code": codes[0]}).status_code == 422


@pytest.mark.parametrize("door", ["/cms/login/", "/admin/login/"])
def test_there_is_no_door_past_the_second_step(ana, browser, door) -> None:
    device_of(ana)
    assert browser.get(door)["Location"].startswith("/login")
    browser.post(door, {"username": "ana", "password": "lumbre"})
    assert "_auth_user_id" not in browser.session


def test_the_second_step_cannot_be_reached_without_the_first_nor_late(ana, browser) -> None:
    device = device_of(ana)
    assert browser.post("/login/code", {"code": code_of(device, time.time())})["Location"] == "/login"
    sign_in(browser, ana)
    session = browser.session
    session["second_step"] = {**session["second_step"], "until": time.time() - 1}
    session.save()
    assert browser.post("/login/code", {"code": code_of(device, time.time())})["Location"] == "/login"
    assert "_auth_user_id" not in browser.session


def test_where_it_is_required_it_is_set_up_before_anybody_is_in(ana, browser, settings) -> None:
    settings.TWO_FACTOR_REQUIRED = True
    password(ana)
    assert sign_in(browser, ana)["Location"] == "/login/code"
    html = browser.get("/login/code").content.decode()
    device = TOTPDevice.objects.get(user=ana)
    assert "<svg" in html and not device.confirmed and browser.get("/desk").status_code == 302
    assert browser.post("/login/code", {"code": "123"}).status_code == 422
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    told = browser.post("/login/code", {"code": code_of(device, time.time())}).content.decode()
    assert "Códigos de recuperación" in told and told.count('class="id"') == 8
    assert browser.get("/desk").status_code == 200
    # And it cannot be turned off again.
    code = code_of(device, time.time() + 30)
    assert browser.post("/account", {"do": "off", "code": code}).status_code == 422
    assert TOTPDevice.objects.filter(user=ana, confirmed=True).exists()


def test_ana_turns_it_on_and_off_herself_each_time_with_a_code(ana, browser) -> None:
    password(ana)
    sign_in(browser, ana)
    browser.get("/account")
    device = TOTPDevice.objects.get(user=ana)
    assert browser.post("/account", {"do": "on", "code": "x"}).status_code == 422
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert "Apúntalos" in browser.post("/account", {"do": "on", "code": code_of(device, time.time())}).content.decode()
    assert "Quedan 8 códigos" in browser.get("/account").content.decode()
    assert browser.post("/account", {"do": "off", "code": ""}).status_code == 422
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    browser.post("/account", {"do": "off", "code": code_of(device, time.time() + 30)})
    assert not TOTPDevice.objects.filter(user=ana, confirmed=True).exists()
    assert [line.what for line in AuditLine.objects.filter(what__startswith="two_factor").order_by("pk")] == [
        "two_factor_on", "two_factor_off",
    ]  # fmt: skip


def test_a_session_elsewhere_is_seen_and_ended(ana, bruno, browser) -> None:
    password(ana)
    sign_in(browser, ana)
    library = Client(headers={"user-agent": "Ordenador de la biblioteca"})
    sign_in(library, ana)
    html = browser.get("/account").content.decode()
    assert "Ordenador de la biblioteca" in html and "este navegador" in html
    row = StaffSession.objects.get(browser__startswith="Ordenador")
    # Nobody ends another person's session.
    password(bruno)
    brunos = Client()
    sign_in(brunos, bruno)
    brunos.post("/account", {"do": "end", "session": row.pk})
    assert library.get("/desk").status_code == 200
    browser.post("/account", {"do": "end", "session": row.pk})
    assert library.get("/desk").status_code == 302
    assert browser.get("/desk").status_code == 200
    assert "Ordenador" not in browser.get("/account").content.decode()


def test_the_audit_log_is_for_supervisors_and_names_who_tried(ana, browser) -> None:
    password(ana)
    browser.post("/login", {"username": "ana", "password": "wrong"})
    sign_in(browser, ana)
    assert browser.get("/desk/audit").status_code == 403
    ana.groups.add(Group.objects.get(name="supervisors"))
    html = browser.get("/desk/audit").content.decode()
    assert "entrada fallida" in html and "ha entrado" in html and "127.0.0.1" in html
    assert "wrong" not in html and "lumbre" not in html.replace("Lumbre", "")


def test_admins_may_give_accounts_their_groups_and_agents_may_not(ana) -> None:
    boss = type(ana).objects.create_user("rosa")
    boss.groups.add(Group.objects.get(name="admins"))
    assert boss.has_perms(["desk.answer", "desk.supervise", "auth.change_user"])
    assert not ana.has_perm("auth.change_user")


def test_the_account_page_is_for_whoever_is_signed_in(browser, transactional_db) -> None:
    assert browser.get("/account")["Location"].startswith("/login")
    assert browser.post("/account", {"do": "end", "session": "1"})["Location"].startswith("/login")
