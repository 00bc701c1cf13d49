from smtplab.client.outcome import RecipientResult, Verdict
from smtplab.client.progress import Progress, Transaction
from smtplab.protocol.extensions import Capabilities


def test_after_tls_nothing_is_known():
    progress = Progress({}, capabilities=Capabilities("h"), hello_failed=True, helo_due=True)
    progress.forget_hello()
    assert (progress.capabilities, progress.hello_failed, progress.helo_due) == (None, False, False)


def test_accepted_recipients_share_the_fate_of_the_message():
    yes = RecipientResult("a@b.test", Verdict.DELIVERED)
    no = RecipientResult("c@d.test", Verdict.REJECTED)
    transaction = Transaction(results=[yes, no])
    assert transaction.accepted == [yes]
    results = transaction.undelivered(Verdict.DEFERRED, None)
    assert [r.verdict for r in results] == [Verdict.DEFERRED, Verdict.REJECTED]
