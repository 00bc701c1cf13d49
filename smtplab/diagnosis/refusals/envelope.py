"""Refusals of an address, of a size, of the message, and those that say nothing special."""

from smtplab.diagnosis.refusals.row import ANY, ENVELOPE, MAIL, MESSAGE, Refusal
from smtplab.protocol.verbs import Verb

SENDER = frozenset({Verb.MAIL})
RECIPIENT = frozenset({Verb.RCPT})
END = frozenset({Verb.CONTENT, Verb.BDAT, Verb.BDAT_LAST})
RECIPIENT_OR_END = RECIPIENT | END

ROWS: tuple[Refusal, ...] = (
    Refusal("too-many-recipients", RECIPIENT | MESSAGE,
            r"too many recipients|^\d+ [45]\.5\.3 |^[45]52 .*recipients",
            "more recipients than one message may have",
            "one message may not have that many recipients here",
            "Send it to the accepted ones, and again to the others. A 552 at this place means the "
            "same as 452.", "RFC 5321 §4.5.3.1.10"),
    Refusal("message-too-large", MAIL,
            r"^\d+ [45]\.(3\.4|2\.3) |(message|mail|it).{0,20}(too (big|large|long)|exceed)|"
            r"exceed\w* .{0,40}(size|limit)|size exceed|databytes",
            "the message is larger than the server takes",
            "the message is larger than this server takes",
            "Make it smaller, or send a link. EHLO's SIZE tells the limit; base64 makes "
            "attachments a third larger.", "RFC 1870 §6"),
    Refusal("mailbox-full", RECIPIENT_OR_END,
            r"^\d+ [45]\.2\.2 |over ?quota|mailbox (is )?full|(out of|insufficient) storage space|"
            r"quota (is )?exceeded|inbox is full|exceeded .{0,20}quota",
            "the recipient's mailbox is full",
            "the recipient's mailbox is full",
            "Only the recipient can make room. Keep the message for some days, or tell them in "
            "another way.", "RFC 3463 §3.3"),
    Refusal("server-full", MAIL, r"^\d+ [45]\.3\.1 |insufficient (system )?(storage|resources)|"
            r"disk full",
            "the server has no room or no strength left",
            "the server itself is out of space or memory",
            "Keep the message and try again later.", "RFC 3463 §3.4"),
    Refusal("recipient-disabled", RECIPIENT_OR_END,
            r"^\d+ [45]\.2\.1 .*(disabled|inactive|suspended|bounced)|"
            r"(account|mailbox|user).{0,30}(disabled|inactive|suspended)|previously bounced|"
            r"suppress",
            "the mailbox is switched off",
            "the mailbox is switched off, or the provider will not send to it any more",
            "Ask the recipient in another way; take the address off lists.", "RFC 3463 §3.3"),
    Refusal("recipient-domain", RECIPIENT_OR_END,
            r"^556 |^\d+ 5\.1\.(2|10) (?!.*sender)|domain .{0,20}(does not accept|accepts no) mail|"
            r"host or domain name not found|null mx",
            "the recipient's domain takes no mail",
            "the recipient's domain does not exist, or says that it takes no mail",
            "Check the spelling behind the @.", "RFC 7505 §4, RFC 3463 §3.2"),
    Refusal("recipient-moved", RECIPIENT, r"^551 (?!.*(list|sender))|^\d+ 5\.1\.6 ",
            "551: the mailbox has moved, perhaps to the address in the reply",
            "the mailbox is not here any more; the reply may name the right place",
            "Ask the recipient whether the address in the reply is theirs, and use it then. A "
            "program must not follow it by itself.", "RFC 5321 §3.4"),
    Refusal("recipient-unknown", RECIPIENT_OR_END,
            r"^\d+ [45]\.1\.1 |^\d+ 5\.1\.10 |user unknown|unknown user|"
            r"no such (user|mailbox|recipient)|does(n't| not) (exist|have a)|"
            r"(mailbox|address|alias|user) (not found|unknown)|unknown or illegal|"
            r"invalid recipient|recipient (address )?rejected: (user|access)|no mailbox|^524 |"
            r"i cannot deliver mail for",
            "there is no such mailbox",
            "there is no such mailbox here",
            "Check the spelling; if it was right once, take the address off lists.",
            "RFC 3463 §3.2, RFC 5321 §3.3"),
    Refusal("address-unwritable", ENVELOPE,
            r"^\d+ [45]\.1\.[37] |malformed address|(invalid|bad) (email )?address|address syntax|"
            r"syntax error.*(address|mailbox)|not a valid rfc|illegal characters|"
            r"^553 .*(invalid|syntax)",
            "an address is not written correctly",
            "the address is not written as SMTP wants it",
            "Give the bare address, without a name in front and without blanks.",
            "RFC 5321 §4.1.2"),
    Refusal("sender-domain", SENDER | RECIPIENT,
            r"^\d+ [45]\.1\.8 |domain (of sender|not found|does not (exist|resolve))|"
            r"sender (address )?.{0,40}(domain|dns)|domain may not exist|MAIL FROM domain",
            "the sender's domain cannot be found in DNS",
            "DNS does not know the sender's domain, or it could not take a bounce",
            "Use a sender whose domain has an MX or an address in DNS.", "RFC 3463 §3.2"),
    Refusal("smtputf8-refused", MAIL, r"^\d+ [45]\.6\.[789] |smtputf8|unicode address",
            "addresses or headers in UTF-8 are not possible here",
            "an address or a header has letters beyond ASCII, which this way does not carry",
            "Use an ASCII address, or a server that offers SMTPUTF8.", "RFC 6531 §3.5"),
    Refusal("bare-line-end-refused", MESSAGE,
            r"bare.{0,3}(lf|line ?feed|newline|cr\b)|smtplf|barelf|^\d+ 5\.6\.11 |linefeed",
            "a line of the message ends in LF or CR alone",
            "a line of the message ends in LF or CR alone",
            "Send CR LF at the end of each line: leave --raw-data out.",
            "RFC 5321 §2.3.8, CVE-2023-51764"),
    Refusal("content-line-refused", MESSAGE, r"line too long|lines? .{0,20}(exceed|longer)|"
            r"line length",
            "a line of the message is too long",
            "a line of the message is longer than the 998 octets that SMTP knows",
            "Encode the body as quoted-printable or base64, and fold long headers.",
            "RFC 5321 §4.5.3.1.6"),
    Refusal("header-refused", END,
            r"message-id|(missing|invalid|duplicate|multiple|empty).{0,20}header|"
            r"header.{0,30}(missing|invalid)|rfc ?-?(2)?[58]22|malformed|not (rfc )?compliant|c=hi",
            "the message's headers are not as they should be",
            "the headers are not as the standard has them",
            "The message needs From: and Date:, each once, a Message-ID: and a To:; letters beyond "
            "ASCII in headers have to be encoded.", "RFC 5322 §3.6, RFC 2047"),
    Refusal("mail-loop", MAIL, r"^\d+ [45]\.4\.6 |too many hops|mail loop|\bhops\b|looping",
            "the message goes in circles",
            "the message has been passed on too many times: it goes in circles",
            "Count its Received: headers and see between which two hosts it turns.",
            "RFC 5321 §6.3"),
    Refusal("no-route", MAIL, r"^\d+ [45]\.4\.[1-4] |unrout(e)?able|no route|cannot route",
            "the server knows no way to the recipient",
            "the server knows no way to the recipient's host",
            "Check the domain's MX records, and the spelling.", "RFC 3463 §3.5"),
    Refusal("parameter-refused", ENVELOPE,
            r"^555 |^50[14] .*(parameter|option|body|size)|"
            r"(unsupported|unrecogni[sz]ed) (option|parameter)|may not follow|"
            r"not recogni[sz]ed or not implemented",
            "a parameter of MAIL or RCPT is not known",
            "a parameter of the command is not known here",
            "Only use what EHLO offers: leave the parameter out.", "RFC 5321 §4.1.1.11"),
    Refusal("no-valid-recipients", MESSAGE, r"no valid recipients|^503 .*(rcpt|recipient)",
            "DATA without an accepted recipient",
            "no recipient had been accepted before",
            "Look at the replies to RCPT: they are the cause.", "RFC 5321 §3.3"),
    Refusal("out-of-order", MAIL, r"^503 ",
            "the commands come in the wrong order",
            "this command may not come now",
            "The order is EHLO, AUTH, MAIL, RCPT, DATA. If it was kept, an earlier command had "
            "been refused, or an EHLO in between made the server forget.", "RFC 5321 §4.1.4"),
    Refusal("command-unknown", MAIL, r"^50[02] ",
            "the command is not known, or too long",
            "it does not know the command, or finds the line too long",
            "See in the record what was really sent. A filter in between may have changed it.",
            "RFC 5321 §4.2.4"),
    Refusal("service-closing", ANY, r"^421 ",
            "421: the server ends the session for now",
            "it ends the session for now",
            "Nothing is lost: connect again later, and less often if it speaks of a rate.",
            "RFC 5321 §3.8"),
    Refusal("temporary-refusal", MAIL, r"^4",
            "a 4xx that says nothing special",
            "the text says no more than that",
            "Keep the message and try again later; only a 5xx is final.", "RFC 5321 §4.2.1"),
    Refusal("refused", MAIL, r"^5",
            "a 5xx that says nothing special",
            "the text says no more than that",
            "The same again will not help: change what the reply complains of.",
            "RFC 5321 §4.2.1"),
)  # fmt: skip
"""Read from the top; the last two fit everything."""
