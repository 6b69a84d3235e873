"""IMAP servers that nobody here wrote, each in processes of its own: Debian's Dovecot, and pymap from PyPI.

Dovecot keeps keywords, as most servers do; pymap keeps none, as Exchange does.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from channels.mail.mailbox import ImapMailbox

USER, PASSWORD = "lumbre@example.com", "imap-password-of-lumbre"
DOVECOT = """
base_dir = {run}
state_dir = {run}
log_path = {run}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{mail}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextlib.contextmanager
def pymap() -> Iterator[int]:
    """A server in memory; gives its port."""
    port = free_port()
    command = [
        sys.executable, "-c", "from pymap.main import main; main()", "--host", "127.0.0.1", "--port", str(port),
        "--no-tls", "--no-service", "admin", "--no-service", "managesieve", "dict", "--demo-user", USER,
        "--demo-password", PASSWORD,
    ]  # fmt: skip
    with _running(command, port):
        yield port


@contextlib.contextmanager
def dovecot(folder: Path) -> Iterator[int]:
    """A server over a mail folder below `folder`, whose path has to be short; gives its port."""
    if not shutil.which("dovecot"):
        pytest.skip("no Dovecot here: apt-get install dovecot-imapd")
    port, run, mail = free_port(), folder / "run", folder / "mail"
    run.mkdir()
    mail.mkdir()
    own = pwd.getpwuid(os.getuid())
    # Dovecot serves nobody's mail as root.
    served = pwd.getpwnam("nobody") if own.pw_uid == 0 else own
    for path in (folder, mail):
        path.chmod(0o755)
    if own.pw_uid == 0:
        os.chown(mail, served.pw_uid, served.pw_gid)
    users = {"user": "dovecot", "group": "dovecot", "login": "dovenull"} if own.pw_uid == 0 else {
        "user": own.pw_name, "group": str(own.pw_gid), "login": own.pw_name
    }  # fmt: skip
    config = folder / "dovecot.conf"
    settings = {
        "run": run,
        "mail": mail,
        "port": port,
        "password": PASSWORD,
        "uid": served.pw_uid,
        "gid": served.pw_gid,
    }
    config.write_text(DOVECOT.format(**settings, **users))
    with _running([shutil.which("dovecot") or "", "-F", "-c", str(config)], port):
        yield port


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    try:
        _until_open(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:  # pymap waits for every connection
            process.kill()
            process.wait(10)
        if process.stderr:
            process.stderr.close()


def _until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"the IMAP server did not start: {process.communicate()[1].decode()[-2000:]}")


class Mailer:
    """Puts mail into the shop's mailbox and looks at it, as a mail server and a colleague do."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.client = IMAPClient("127.0.0.1", port=port, ssl=False)
        self.client.login(USER, PASSWORD)
        for *_, folder in self.client.list_folders():
            if folder != "INBOX":
                self.client.delete_folder(folder)
        chosen = self.client.select_folder("INBOX")
        self.keywords = b"\\*" in chosen[b"PERMANENTFLAGS"]
        if left := self.client.search(["ALL"]):
            self.client.delete_messages(left)
            self.client.expunge()

    def sends(self, raw: bytes, age: timedelta = timedelta(0)) -> None:
        self.client.append("INBOX", raw, msg_time=datetime.now(UTC) - age)

    def flags(self) -> list[set[bytes]]:
        self.client.noop()
        found = self.client.get_flags(self.client.search(["ALL"]))
        return [{flag for flag in found[uid] if flag != b"\\Recent"} for uid in sorted(found)]

    def url(self, password: str = PASSWORD) -> str:
        return f"imap://{USER.replace('@', '%40')}:{password}@127.0.0.1:{self.port}/INBOX"

    def mailbox(self) -> ImapMailbox:
        return ImapMailbox(self.url())
