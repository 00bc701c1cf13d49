"""What a learner is told at each stage of a session: what is sent, what comes back, what to mind.

The keys are those of a step's `guide`; each verb and each pseudo-verb that a session can meet has
one (`guide_for`).
"""

from typing import NamedTuple

from smtplab.protocol.verbs import Verb


class Guide(NamedTuple):
    """One stage in words. `expect` has the replies, parted by " · "; `watch` the usual mistake."""

    title: str
    what: str
    expect: str
    then: str
    watch: str
    clause: str


GUIDE: dict[str, Guide] = {
    "connect": Guide(
        "Connect — open a TCP connection",
        "Looks up the server's name and dials its addresses, one after the other. Port 587 is for "
        "programs that hand in mail, 465 is the same with TLS from the first octet, and 25 is for "
        "servers among themselves.",
        "open · refused: nothing listens there · silence: a firewall swallows your packets",
        "You send nothing yet. In SMTP the server speaks first.",
        "Many networks block port 25 on the way out. Silence on 25 and an answer on 587 is the "
        "sign of it.",
        "RFC 5321 §3.1, RFC 6409 §3.1",
    ),
    "greeting": Guide(
        "Greeting — the server speaks first",
        "You only listen. The server says that it is an SMTP server, and its name.",
        "220 ready · 421 too busy, come back later · 554 no service for you",
        "You introduce yourself with EHLO.",
        "Silence on port 465? The server waits for TLS. And a greeting may have several lines: "
        "wait for the last one, or you count as a client that talks too early.",
        "RFC 5321 §3.1, §4.3.1",
    ),
    "ehlo": Guide(
        "EHLO — introduce yourself",
        "Gives your host's name and asks which extensions the server has.",
        "250 with one extension a line · 500 or 502 EHLO is not known: try HELO · 550 your name "
        "is not liked",
        "You know now whether there is TLS (STARTTLS), how to log in (AUTH), and how large a "
        "message may be (SIZE).",
        "The first line of the reply is the server's name and no extension. Give your full name "
        "or your address in brackets: some servers refuse \"localhost\".",
        "RFC 5321 §4.1.1.1",
    ),
    "starttls": Guide(
        "STARTTLS — go on encrypted",
        "Asks the server to switch this very connection to TLS. It takes no parameter.",
        "220 begin the handshake · 454 TLS does not work for now · 501 no parameter is allowed",
        "The next octets you send are a TLS ClientHello. SMTP pauses until TLS stands.",
        "Throw away whatever came behind the 220 in the clear: somebody in between may have put "
        "it there (CVE-2011-0411). And if the offer is missing, somebody may have cut it out.",
        "RFC 3207 §4",
    ),
    "tls": Guide(
        "TLS — the handshake",
        "Both sides agree on a version and on keys, and the server proves with its certificate "
        "that it is the one you dialled.",
        "a finished handshake · an alert that names the reason · a closed connection",
        "All that follows is encrypted. What you learned before counts no more.",
        "Check the name and the chain of the certificate. Encryption without that only hides the "
        "talk with whoever answered.",
        "RFC 8446 §2, RFC 9525 §6",
    ),
    "ehlo-tls": Guide(
        "EHLO (again) — ask again, now that nobody can meddle",
        "The same question once more. The first answer came in the clear, and anybody on the way "
        "could have changed it.",
        "250 with the extensions that count from now on",
        "Compare the lists: AUTH often shows up only here, and STARTTLS has to be gone.",
        "Forget the first list. A client that remembers AUTH from it believes a stranger.",
        "RFC 3207 §4.2",
    ),
    "auth-plain": Guide(
        "AUTH PLAIN — name and password in one message",
        "Sends three fields with NUL between them: whom to act for (mostly empty), who you are, "
        "and your password. Base64 makes it fit into a line and hides nothing.",
        "235 you are logged in · 334 now send it (if you had not) · 535 not accepted · 530 or 538 "
        "first TLS",
        "You may send mail as this user.",
        "Only inside TLS: whoever reads the line has your password. The first field is empty, so "
        "the message begins with a NUL.",
        "RFC 4616 §2, RFC 4954 §4",
    ),
    "auth-login": Guide(
        "AUTH LOGIN — name, then password",
        "The server asks twice with 334, you answer twice: first the user name, then the password, "
        "each in base64. It was never made a standard, and yet most servers have it.",
        "334 the next question · 235 you are logged in · 535 not accepted",
        "After the second answer the server decides.",
        "Only inside TLS. Don't read the questions, count them: \"Username:\", \"User Name\" and "
        "nothing at all are all in use.",
        "draft-murchison-sasl-login-00 §2",
    ),
    "auth-cram-md5": Guide(
        "AUTH CRAM-MD5 — prove the password without sending it",
        "The server sends a text that it never used before. You send your name, and an HMAC-MD5 of "
        "that text with your password as the key.",
        "334 with the challenge · 235 you are logged in · 535 not accepted",
        "The server does the same computation and compares.",
        "The password stays with you, but the server must keep it in a form that a thief could "
        "use, and whoever recorded the exchange can try out passwords. Inside TLS, PLAIN is "
        "better.",
        "RFC 2195 §2",
    ),
    "auth-scram": Guide(
        "AUTH SCRAM — both sides prove the password",
        "You send your name and a number used once; the server answers with its own, a salt and "
        "how often to hash. Your proof shows that you know the password, and the server's "
        "signature that it does too.",
        "334 with salt and number, then 334 with the signature · 235 you are logged in · 535 not "
        "accepted",
        "Check the signature, answer it with an empty line, and only then believe the 235.",
        "A 235 before the signature proves nothing. With -PLUS the login is tied to this TLS "
        "connection, so that nobody can sit in between.",
        "RFC 5802 §3, RFC 7677 §3",
    ),
    "auth-xoauth2": Guide(
        "AUTH XOAUTH2 — an access token, in Google's form",
        "Sends your name and an access token, each with the octet 01 behind it. The token comes "
        "from the provider's login page and is good for about an hour.",
        "235 you are logged in · 334 with an error in JSON, in base64 · 535 not accepted",
        "After the error, answer with an empty line: only then does the 535 come.",
        "Only inside TLS: whoever has the token is let in. A token of another scope, or one that "
        "has run out, gets the same 535 as a wrong one: read the JSON.",
        "RFC 6749 §1.4, Google: OAuth 2.0 mechanism",
    ),
    "auth-oauthbearer": Guide(
        "AUTH OAUTHBEARER — an access token, by the standard",
        "Sends an access token with your name, and the host and port that you believe to talk to. "
        "It is XOAUTH2 as the standard has it.",
        "235 you are logged in · 334 with an error in JSON, in base64 · 535 not accepted",
        "After the error, answer with AQ==, the octet 01 in base64: only then does the 535 come.",
        "Only inside TLS: whoever has the token is let in. An empty line after the error would be "
        "right for XOAUTH2, and is wrong here.",
        "RFC 7628 §3.1, §3.2.3",
    ),
    "auth-external": Guide(
        "AUTH EXTERNAL — TLS has said who you are",
        "Asks the server to take the name from the certificate that you showed in the handshake. "
        "What is sent is only whom to act for, and mostly nothing, written =.",
        "235 you are logged in · 334 now send it · 535 no certificate, or not for this name",
        "You may send mail as the one in the certificate.",
        "The server has to have asked for a certificate in the handshake. An empty first message "
        "is written =, an empty line would be a message later on.",
        "RFC 4422 §A, RFC 4954 §4",
    ),
    "auth-anonymous": Guide(
        "AUTH ANONYMOUS — nobody in particular",
        "Logs in as nobody. What is sent is a word for the log, such as an address, which no one "
        "checks.",
        "235 you are in · 535 not accepted",
        "You may do what strangers may do.",
        "A server for sending mail must not offer it. If one does, that is worth a report.",
        "RFC 4505 §2",
    ),
    "auth": Guide(
        "AUTH — log in",
        "Names a mechanism from the server's list. Some take their first message on the same line, "
        "others wait for the server's 334.",
        "334 your turn, with a challenge in base64 · 235 you are logged in · 504 not this "
        "mechanism · 535 not accepted",
        "Base64 lines go to and fro until the server decides. A line with * gives up.",
        "One success a session: a second AUTH gets 503. After 535 the same password fails again, "
        "and servers lock accounts that try too often.",
        "RFC 4954 §4",
    ),
    "mail": Guide(
        "MAIL FROM — open a transaction",
        "Names the address that bounces go to. <> means that nobody wants a bounce.",
        "250 go on · 451 or 452 not now · 530 first log in · 550 or 553 not with this sender · "
        "552 too large",
        "Now name the recipients. Only one transaction can be open at a time.",
        "This is the envelope: the From: header that people see is part of the message, and may "
        "differ. No space belongs behind the colon.",
        "RFC 5321 §4.1.1.2",
    ),
    "rcpt": Guide(
        "RCPT TO — name a recipient",
        "Adds one recipient. Send it once for each, and read each reply on its own.",
        "250 accepted · 251 will be forwarded · 450 or 451 not now · 452 enough for this message · "
        "550 no such mailbox",
        "With one recipient accepted, DATA is possible. Those refused do not stop the others.",
        "A 4xx is not a failure yet: keep this recipient and try again later. Greylisting does "
        "that to everybody it meets for the first time.",
        "RFC 5321 §4.1.1.3",
    ),
    "data": Guide(
        "DATA — ask to send the message",
        "Asks for leave to send the message. Nothing of the message goes out yet.",
        "354 send it · 503 no sender or recipient yet · 554 no recipient was valid",
        "After 354 every line belongs to the message, until a dot on a line of its own.",
        "Only 354 is a yes. After anything else, even 250, your lines would be read as commands.",
        "RFC 5321 §4.1.1.4",
    ),
    "content": Guide(
        "Message — headers, an empty line, the body, a dot",
        "Sends the message with CR LF at the end of each line. A line that begins with a dot gets "
        "a second one, so that it does not end the message; the server takes it off again.",
        "250 taken: the server answers for it from now on · 451 or 452 not now · 552 too large · "
        "554 refused",
        "With 250 the message is the server's. You can open another transaction, or leave.",
        "No answer after the dot? You cannot know whether it was taken: sending it again may make "
        "a duplicate. Wait long, ten minutes by the standard.",
        "RFC 5321 §4.5.2, §4.5.3.2.6",
    ),
    "bdat": Guide(
        "BDAT — a counted piece of the message",
        "Says how many octets follow, and sends them. No dot ends them and none is doubled: the "
        "number tells where the piece ends. LAST says that no more pieces come.",
        "250 taken, and with LAST the server answers for the message · 452 not now · 503 no "
        "recipient, or a piece before was refused · 552 too large",
        "With LAST the transaction is over. Without it the next piece follows, each with its own "
        "reply.",
        "A piece that was refused ends it: RSET, or the server will refuse all others. DATA and "
        "BDAT do not mix in one message.",
        "RFC 3030 §2",
    ),
    "lhlo": Guide(
        "LHLO — hello to a server that delivers into mailboxes",
        "EHLO under another name, so that nobody takes LMTP for SMTP: after the message there is "
        "one reply for each recipient.",
        "250 with the extensions · 500 this is no LMTP",
        "All goes on as in SMTP, up to the message.",
        "Count the replies after the final dot: as many as recipients were accepted, in their "
        "order, and each may be yes or no.",
        "RFC 2033 §4",
    ),
    "xclient": Guide(
        "XCLIENT — say for whom we speak",
        "Tells a server that trusts us the address, the name or the login of the client that it "
        "shall see in our place. It is Postfix's own, for proxies and for tests of rules.",
        "220 a new greeting · 501 not so · 503 not inside a transaction · 550 not from you",
        "The session begins anew: EHLO comes next.",
        "Only hosts that the server lists may say it; from all others it is refused, and not even "
        "offered.",
        "RFC 5321 §4.1.5, Postfix: XCLIENT_README",
    ),
    "proxy": Guide(
        "PROXY header — what a load balancer says first",
        "Tells the server, before anything else, from where the connection really comes. Version "
        "1 is a line of text, version 2 a few octets.",
        "220 the greeting, with no reply to the header itself",
        "The session goes on as if the other end had connected directly.",
        "A server that does not expect it takes it for a command and answers 500, and one that "
        "does waits for it in silence.",
        "RFC 5321 §3.1, HAProxy: PROXY protocol",
    ),
    "quit": Guide(
        "QUIT — say good-bye",
        "Tells the server that you are done.",
        "221 good-bye, and the server closes the connection",
        "Wait for the 221, then close your side.",
        "A message that got its 250 is delivered, whatever happens to QUIT. Don't send it again "
        "because the good-bye failed.",
        "RFC 5321 §4.1.1.10",
    ),
    "rset": Guide(
        "RSET — start the transaction over",
        "Drops sender, recipients and message. Connection, TLS and login stay.",
        "250 forgotten",
        "You can send MAIL FROM again, at once and without EHLO.",
        "Use it after a transaction that you give up, or your next MAIL meets 503.",
        "RFC 5321 §4.1.1.5",
    ),
    "noop": Guide(
        "NOOP — are you there?",
        "Does nothing. It shows that the server still answers.",
        "250 here I am · 421 no longer",
        "Everything is as it was, an open transaction too.",
        "It does not make an idle connection useful: servers close those that only send NOOP.",
        "RFC 5321 §4.1.1.9",
    ),
    "vrfy": Guide(
        "VRFY — is there such a mailbox?",
        "Asks about a user or an address, without sending mail.",
        "250 yes, with the full address · 252 won't say, but would try · 550 no · 502 not here",
        "Nothing changes, an open transaction stays open.",
        "Most servers answer 252 to all questions: a straight answer would help spammers. So 252 "
        "tells you nothing.",
        "RFC 5321 §3.5, §7.3",
    ),
    "help": Guide(
        "HELP — ask for help in words",
        "Asks the server about itself, or about one command.",
        "214 or 211 with text · 502 not here",
        "Nothing changes.",
        "The text is for people. EHLO is what tells a program what a server can do.",
        "RFC 5321 §4.1.1.8",
    ),
}  # fmt: skip
"""Key of a stage -> what to tell."""

KEYS: dict[Verb, str] = {
    Verb.GREETING: "greeting",
    Verb.EHLO: "ehlo",
    Verb.HELO: "ehlo",
    Verb.LHLO: "lhlo",
    Verb.STARTTLS: "starttls",
    Verb.TLS: "tls",
    Verb.AUTH: "auth",
    Verb.AUTH_RESPONSE: "auth",
    Verb.MAIL: "mail",
    Verb.RCPT: "rcpt",
    Verb.DATA: "data",
    Verb.CONTENT: "content",
    Verb.BDAT: "bdat",
    Verb.BDAT_LAST: "bdat",
    Verb.XCLIENT: "xclient",
    Verb.PROXY: "proxy",
    Verb.RSET: "rset",
    Verb.NOOP: "noop",
    Verb.VRFY: "vrfy",
    Verb.EXPN: "vrfy",
    Verb.HELP: "help",
    Verb.QUIT: "quit",
}
"""Verb -> key of its guide, for lines that no plan made."""


def guide_for(verb: Verb) -> Guide | None:
    """The guide for a line of the user's own; None when SMTP does not know its verb."""
    key = KEYS.get(verb)
    return GUIDE[key] if key is not None else None
