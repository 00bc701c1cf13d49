"""Whether a server keeps commands from before TLS: tried only when the user asks for it.

In one segment behind STARTTLS goes an EHLO in the clear, and inside TLS a QUIT. A server that threw
the EHLO away, as RFC 3207 §4.2 has it, answers 221; one that kept it answers the EHLO first, and
would so obey whatever somebody on the way had put there (CVE-2011-0411).
"""

from smtplab.client.settings import Security
from smtplab.client.steps import Stage, Step
from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.evidence import Evidence
from smtplab.probing.report import InjectionReport, Mark
from smtplab.protocol.events import IrregularitySeen
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import TlsUp
from smtplab.transcript.entries import Transcript
from smtplab.workbench.bench import Workbench

RULE = "injection-obeyed"


async def inject(bench: Workbench) -> InjectionReport | None:
    """Plays the session on an open workbench; None where there is no STARTTLS to try it on."""
    if bench.settings.security is Security.IMPLICIT:
        return None
    while isinstance(step := bench.planned, Step) and bench.tls is None:
        if step.stage in (Stage.EHLO_TLS, Stage.QUIT):
            break
        is_starttls = step.verb is Verb.STARTTLS
        hello = f"EHLO {bench.runner.ehlo_name}".encode("ascii", "replace")
        await bench.step(step.line + b"\r\n" + hello if is_starttls else None)
    if bench.tls is not None:
        await bench.inject(b"QUIT")
    return judge(bench.transcript)


def judge(transcript: Transcript) -> InjectionReport | None:
    """What came of it; None where it did not come to STARTTLS."""
    evidence = Evidence(transcript)
    answers = evidence.answers_to(Verb.STARTTLS)
    if not evidence.commands(Verb.STARTTLS):
        return None
    obeyed = next((f for f in diagnose(transcript) if f.rule == RULE), None)
    if obeyed is not None:
        text = "the command behind STARTTLS, sent in the clear, was obeyed inside TLS"
        return InjectionReport(Mark.BAD, text, obeyed)
    odd = [event.irregularity.kind for _, event in evidence.of(IrregularitySeen)]
    if "injected-after-starttls" in odd:
        text = "the command behind STARTTLS was answered in the clear, before the handshake"
        return InjectionReport(Mark.NOTICE, text)
    if not evidence.of(TlsUp):
        return InjectionReport(Mark.GOOD, _declined(answers[0].reply if answers else None))
    if not evidence.answers_to(Verb.QUIT):
        text = "undecided: after the handshake the server said nothing more"
        return InjectionReport(Mark.NOTICE, text)
    return InjectionReport(Mark.GOOD, "the command behind STARTTLS was thrown away")


def _declined(reply: Reply | None) -> str:
    if reply is None:
        return "the server hung up on the command behind STARTTLS"
    if reply.code == 220:
        return "the server did no handshake with the command behind STARTTLS"
    return f"refused with the command behind STARTTLS: {reply.code} {reply.first_line}"
