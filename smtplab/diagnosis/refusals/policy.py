"""Refusals of who you are: relaying, blocklists, DNS, SPF, DKIM, DMARC, rates and quotas."""

from smtplab.diagnosis.refusals.row import ANY, ENVELOPE, MAIL, MESSAGE, Refusal
from smtplab.protocol.verbs import Verb

ROWS: tuple[Refusal, ...] = (
    Refusal("greylisted", MAIL,
            r"^4\d\d .*(gr[ae]y[- ]?list|try again (in|after) \d+ ?(s|sec|min))",
            "a stranger is put off for some minutes",
            "greylisting: the server wants to see whether you come back",
            "Send the same again after some minutes, from the same address, to the same recipient. "
            "A mail server does so by itself.", "RFC 6647 §2"),
    Refusal("relay-denied", MAIL,
            r"relay(ing)?( access)? (is )?(denied|not permitted|not allowed|prohibited)|"
            r"unable to relay|not permitted to relay|relay not|rcpthosts|we do not relay|"
            r"relaying disallowed(?! as)|^\d+ 5\.7\.64 ",
            "the server does not pass mail on for you",
            "the recipient is not this server's own, and it passes mail on for its users only",
            "Log in (--user), or hand the message to your own provider's server. If you did log "
            "in: the account may not send for this sender.", "RFC 5321 §3.6.2"),
    Refusal("blocklisted", ANY,
            r"spamhaus|spamcop|barracuda|sorbs|dnsbl|\brbl\b|black[- ]?list|block[- ]?list|"
            r"deny ?list|is (temporarily )?listed|\(S31[0-9]{2}\)|banned sending ip|\[BL\d+\]|"
            r"ip reputation|poor reputation|blocked using",
            "your address is on a list",
            "your address is on a blocklist, or has a bad name",
            "Look the address up at the list that the reply names and follow its way out; find out "
            "first what was sent from there. A home's or a cloud's address needs a provider's "
            "server.",
            "RFC 6471 §2"),
    Refusal("no-reverse-dns", ANY,
            r"^\d+ [45]\.7\.25 |\bPTR\b|reverse (dns|hostname|lookup)|rdns|"
            r"cannot find your (host ?name|reverse)|does not resolve to",
            "the client's address has no matching name in DNS",
            "your address has no name in DNS, or one that does not lead back to it",
            "Have the owner of the address block set a PTR record to a name that has this address.",
            "RFC 7372 §3.3, RFC 8601 §2.7.3"),
    Refusal("dmarc-refused", MAIL | {Verb.CONTENT}, r"dmarc|unauthenticated (email|mail) from",
            "the From: domain's DMARC policy fails",
            "the domain in From: asks receivers to refuse what neither SPF nor DKIM confirms for "
            "it",
            "Send through a server of that domain, which signs with DKIM; or use a From: address "
            "of the domain that you send for.", "RFC 7489 §6.6.2"),
    Refusal("sender-unauthenticated", MAIL, r"^\d+ [45]\.7\.26 |spf.*dkim|dkim.*spf|"
            r"authentication (information|checks)",
            "neither SPF nor DKIM speaks for the message",
            "neither SPF nor DKIM speaks for the message, and this receiver wants one of them",
            "Set an SPF record for the sender's domain and sign with DKIM; large receivers want "
            "both.", "RFC 7372 §3.4"),
    Refusal("dkim-refused", MAIL, r"^\d+ [45]\.7\.2[012] |dkim(?!.*spf)",
            "no DKIM signature is good",
            "no DKIM signature of the message is good",
            "Have the sending server sign, and compare the selector's record in DNS. Programs that "
            "change the message after the signature break it.", "RFC 7372 §3.1"),
    Refusal("spf-refused", MAIL, r"^\d+ [45]\.7\.2[34] |\bspf\b(?!.*dkim)",
            "SPF does not let this address send for the domain",
            "the sender's domain says by SPF that your address may not send for it",
            "Send through the domain's own server, or have your address added to its SPF record.",
            "RFC 7208 §8.4, RFC 7372 §3.2"),
    Refusal("sender-mismatch", MAIL,
            r"not owned by|as its owner|sendas|send as|must (be same as|equal) author|"
            r"not one of your addresses|not author[is]?[sz]?ed to send (from|as)|"
            r"sender address is not allowed|not local sender|from address (is )?(not|does not)|"
            r"relaying disallowed as|sender not allowed|conform with authentication|"
            r"from this header address|DT:SUM|not allowed to send as",
            "the sender's address is not the account's",
            "the account that you logged in with may not send as this sender",
            "Use the account's own address in --from and in the From: header, or have the other "
            "one allowed as an alias.", "RFC 6409 §6.1"),
    Refusal("sender-unverified", MAIL,
            r"not verified|verified sender|verify (a |your )?(domain|sender)|"
            r"unconfigured sending domain|activate your|not allowed to send: please",
            "the provider has not confirmed the sender yet",
            "the provider has not confirmed that this sender, or its domain, is yours",
            "Verify the address or the domain in the provider's settings.", "RFC 6409 §6.1"),
    Refusal("sending-quota", MAIL,
            r"^\d+ 5\.4\.5 |daily|quota ?exceeded|SubmissionQuota|sending (limit|quota)|"
            r"(recipient|message|hourly|monthly) (limit|quota)|unusual sending",
            "the account's allowance is used up",
            "the account has sent as much as it may for now",
            "Wait until the allowance is renewed, mostly a day; or have it raised. The code may "
            "say 5xx although waiting helps.", "RFC 3463 §3.5"),
    Refusal("too-many-connections", ANY,
            r"too many (concurrent |simultaneous )?(smtp )?(connections|sessions)|"
            r"concurrent connections|connection (rate|limit)|connection frequency|thread limit",
            "too many connections at once",
            "you have more connections open than the server allows",
            "Use fewer connections, and send several messages over each.", "RFC 5321 §4.5.4.1"),
    Refusal("rate-limited", ANY,
            r"^\d+ 4\.7\.28 |rate[- ]?(limit|exceeded)|too (quickly|fast|much mail)|unusual rate|"
            r"throttl|frequency limited|sending rate|excessive (volume|rate)|unexpected volume|"
            r"temporarily deferred|^\d+ 4\.7\.(500|650) |too many messages|messages per|"
            r"max message per",
            "too much mail at once",
            "it is too much mail in too short a time, from you or to this recipient",
            "Keep the message and send it later; slow down for as long as the reply says, and more "
            "each time.", "RFC 5321 §4.5.4.1"),
    Refusal("too-many-errors", ANY,
            r"too many (errors|(bad|unrecogni[sz]ed|nonmail|syntax)\b.*)",
            "the server has had enough mistakes",
            "it has seen too many commands that it did not understand or want",
            "Look at the refusals before this one: they are the cause.", "RFC 5321 §4.3.2"),
    Refusal("idle-too-long", ANY,
            r"^\d+ 4\.4\.2 |time(d)? ?out|idle for|no data (received )?(within|for)|"
            r"connection expired",
            "the server waited too long for us",
            "it waited longer for us than it wants to",
            "Connect again. Servers wait five minutes by the standard, many of them less.",
            "RFC 5321 §4.5.3.2.7"),
    Refusal("virus-found", MESSAGE, r"virus|malware|infected",
            "a virus was found",
            "the server thinks that the message carries a virus",
            "Look at the attachments; a false alarm can be reported to the receiver.",
            "RFC 3463 §3.8"),
    Refusal("attachment-refused", MESSAGE,
            r"attachment|potential security issue|BlockedMessage|executable|file type|"
            r"banned (file|name)",
            "an attachment of a forbidden kind",
            "an attachment, or a link, is of a kind that the receiver does not take",
            "Leave it out and offer it in another way; archives are looked into.", "RFC 3463 §3.7"),
    Refusal("spam-refused", ENVELOPE | MESSAGE,
            r"\bspam\b|DT:SPM|junk|unsolicited|bulk mail|content (was )?(rejected|filter)|"
            r"policy reasons|policy restrictions|local policy|suspicio",
            "the message, or its sender, looks like spam",
            "a filter thinks that this is spam",
            "The reply may name a page that tells more. Send something plain with a real From: and "
            "Subject: to see whether it is the content or you.", "RFC 3463 §3.8"),
)  # fmt: skip
"""Read from the top."""
