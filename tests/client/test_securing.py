"""What a session wishes of TLS; and that one without TLS does not load it."""

import ssl
import subprocess
import sys

from smtplab.client.securing import client_tls
from tests.fakes import settings


def test_the_wishes_of_tls():
    wishes = client_tls(settings(server_name="mx.test", verify=False, ciphers="HIGH"))
    assert (wishes.server_name, wishes.verify, wishes.ciphers) == ("mx.test", False, "HIGH")
    assert (wishes.minimum, wishes.maximum) == (ssl.TLSVersion.TLSv1_2, None)
    wishes = client_tls(settings(tls_minimum="1.0", tls_maximum="1.2", sni="x"))
    assert (wishes.minimum, wishes.maximum) == (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2)
    assert client_tls(settings()).checks_name
    assert not wishes.checks_name


SESSION = """
import sys
import smtplab.client.runner
import smtplab.transcript.recorder
import smtplab.transcript.wording
heavy = ("smtplab.client.securing", "smtplab.tls.observer", "smtplab.tls.engine", "cryptography",
         "msgspec", "yaml", "hashlib", "smtplab.server", "smtplab.scenarios")
print(*(name for name in heavy if name in sys.modules))
"""


def test_a_session_without_tls_does_not_load_it():
    done = subprocess.run([sys.executable, "-c", SESSION], capture_output=True, check=True)
    assert done.stdout.split() == []
