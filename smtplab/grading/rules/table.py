"""All generic rules, the gravest kinds first. Reports and the documentation read this table."""

from smtplab.grading.rules import contents, ending, lines, offers, secrecy, truth, turn_taking
from smtplab.grading.rules.model import Rule
from smtplab.grading.verdicts import Level, Strength

MUST, SHOULD, MAY = Strength.MUST, Strength.SHOULD, Strength.MAY
ERROR, WARNING, INFO = Level.ERROR, Level.WARNING, Level.INFO

RULES: tuple[Rule, ...] = (
    Rule(
        "connects", "It connects to the server that it is told.",
        "", MUST, ERROR, ending.connects,
    ),
    Rule(
        "false-success", "It says that a message was sent only if one was accepted.",
        "RFC 5321 §4.2", MUST, ERROR, truth.false_success,
    ),
    Rule(
        "false-failure", "It does not say that an accepted message has failed.",
        "RFC 5321 §4.2", MUST, ERROR, truth.false_failure,
    ),
    Rule(
        "sent-twice", "It does not send again what was accepted.",
        "RFC 5321 §4.2", MUST, ERROR, truth.sent_twice,
    ),
    Rule(
        "refusal-unreported", "It tells of each recipient who was refused.",
        "RFC 5321 §4.2", MUST, WARNING, truth.refusal_unreported,
    ),
    Rule(
        "clear-text", "Where TLS is asked for, nothing private goes out without it.",
        "RFC 8314 §4.1", MUST, ERROR, secrecy.in_clear_text,
    ),
    Rule(
        "injected-reply", "It drops what came before TLS, and acts on none of it.",
        "RFC 3207 §4.2", MUST, ERROR, secrecy.acting_on_injected,
    ),
    Rule(
        "ehlo-after-tls", "After STARTTLS it begins anew, with EHLO.",
        "RFC 3207 §4.2", SHOULD, WARNING, secrecy.ehlo_after_tls,
    ),
    Rule(
        "unasked-reply", "It does not take a reply too many for the answer to the next command.",
        "RFC 5321 §4.2", SHOULD, INFO, secrecy.acting_on_unasked,
    ),
    Rule(
        "before-greeting", "It waits for the greeting, all lines of it.",
        "RFC 5321 §4.3.1", SHOULD, WARNING, turn_taking.before_greeting,
    ),
    Rule(
        "before-reply", "It waits for each reply, except as PIPELINING allows.",
        "RFC 2920 §3.1", MUST, ERROR, turn_taking.before_reply,
    ),
    Rule(
        "content-without-354", "It sends the message only after a 354.",
        "RFC 5321 §4.1.1.4", MUST, ERROR, turn_taking.without_354,
    ),
    Rule(
        "bare-line-end", "CR and LF go together.",
        "RFC 5321 §2.3.8", MUST, ERROR, contents.bare_line_ends,
    ),
    Rule(
        "dots", "It doubles each dot that begins a line.",
        "RFC 5321 §4.5.2", MUST, ERROR, contents.dots,
    ),
    Rule(
        "text-changed", "The text arrives as it was, once MIME is decoded.",
        "RFC 5321 §4.5.2", MUST, ERROR, contents.text,
    ),
    Rule(
        "long-line", "No line of a message has more than 1000 octets.",
        "RFC 5321 §4.5.3.1.6", MUST, WARNING, contents.long_lines,
    ),
    Rule(
        "eight-bit", "It sends octets above 127 only where 8BITMIME was offered.",
        "RFC 6152 §3", MUST, INFO, contents.eight_bit,
    ),
    Rule(
        "no-command", "Where a command is awaited it sends one, and no line of the message.",
        "RFC 5321 §4.1.1", MUST, ERROR, lines.unknown,
    ),
    Rule(
        "command-form", "It writes MAIL FROM:<path> and RCPT TO:<path> as the standard does.",
        "RFC 5321 §3.3", MUST, WARNING, lines.form,
    ),
    Rule(
        "command-length", "A command has at most 512 octets, and more only with extensions.",
        "RFC 5321 §4.5.3.1.4", MUST, WARNING, lines.length,
    ),
    Rule(
        "parameter-not-offered", "It uses a parameter only where its keyword was offered.",
        "RFC 5321 §2.2.1", MUST, WARNING, offers.parameters,
    ),
    Rule(
        "mechanism-not-offered", "It logs in only by a mechanism that was offered.",
        "RFC 4954 §4", MUST, WARNING, offers.mechanisms,
    ),
    Rule(
        "command-not-offered", "It uses the command of an extension only where it was offered.",
        "RFC 5321 §2.2.1", MUST, WARNING, offers.commands,
    ),
    Rule(
        "login-again", "It does not log in again after a 535.",
        "RFC 4954 §6", SHOULD, WARNING, lines.logins,
    ),
    Rule(
        "hang", "It comes to an end.",
        "RFC 5321 §4.5.3.2", MUST, ERROR, ending.hang,
    ),
    Rule(
        "killed", "It ends by itself, and not by a signal.",
        "", MUST, ERROR, ending.killed,
    ),
    Rule(
        "no-quit", "It says QUIT before it leaves.",
        "RFC 5321 §4.1.1.10", MUST, WARNING, ending.parting,
    ),
)  # fmt: skip
"""Every rule; each judges every case and says nothing where there is nothing of its kind."""
