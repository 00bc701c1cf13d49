"""Why logins are refused (RFC 4954 §6, and what servers say beyond it)."""

from smtplab.diagnosis.refusals.row import ANY, LOGIN, MAIL, Refusal

ROWS: tuple[Refusal, ...] = (
    Refusal("application-password", LOGIN,
            r"app(lication)?[- ]?(specific )?password|InvalidSecondFactor|parol prilozheniya|"
            r"authori[sz]ation code|ref app password",
            "the account wants an application password",
            "the account's own password is not for programs: it wants an application password",
            "Make an application password in the provider's settings and use that one, without the "
            "blanks it is shown with; or log in by OAuth (--auth XOAUTH2).", "RFC 4954 §6"),
    Refusal("basic-login-disabled", LOGIN,
            r"SmtpClientAuthentication is disabled|basic auth\w* is (disabled|not supported)|"
            r"security defaults|did not meet the criteria|^\d+ 5\.7\.30 |no permission|"
            r"not have access rights to this service",
            "logins by password are switched off for the account",
            "logins by password over SMTP are switched off, for this account or for all of the "
            "organisation",
            "Ask the administrator to allow them for this mailbox (Microsoft: authenticated SMTP), "
            "or log in by OAuth (--auth XOAUTH2).", "RFC 4954 §6"),
    Refusal("browser-login-needed", LOGIN,
            r"^\d+ 5\.7\.14 |log ?in (via|with|through) (your )?(web )?browser|"
            r"accounts\.\w+\.com/signin|verify your account|suspicious",
            "the provider wants to see a person in a browser first",
            "the provider finds this login suspicious and wants to see a person first",
            "Log in once with a browser from this network and confirm that it was you, then try "
            "again.", "RFC 4954 §6"),
    Refusal("too-many-logins", ANY,
            r"too many (failed |bad |wrong )?(login|auth\w*)( \w+)?( attempts| requests|s\b)|"
            r"login (attempts|frequency)|auth error limit|too many bad auth",
            "too many logins in a short time",
            "there were too many logins, or too many wrong ones, in a short time",
            "Stop trying, and wait: each attempt makes it longer. One connection can carry many "
            "messages.", "RFC 4954 §9"),
    Refusal("account-disabled", LOGIN,
            r"^\d+ 5\.7\.13 |"
            r"account (is |has been )?(disabled|locked|suspended|deactivated|blocked)|"
            r"user is locked|not subscribed|maximum credits",
            "the account is locked or suspended",
            "the account is locked, suspended or used up",
            "Log in to the provider's web pages and see what they want.", "RFC 5248 §2.4"),
    Refusal("address-not-authorised", LOGIN, r"unauthori[sz]ed ip|\b525\b",
            "logins are taken from listed addresses only",
            "the account takes logins from listed addresses only, and yours is not on the list",
            "Add this machine's address to the list in the provider's settings.", "RFC 4954 §6"),
    Refusal("auth-needs-tls", LOGIN,
            r"^5(30|38)\b|^\d+ 5\.7\.1[01] |encryption required|STARTTLS|must use tls|"
            r"503 \S+ .*(not enabled|not advertised)",
            "the login has to come inside TLS",
            "logins are taken inside TLS only",
            "Use STARTTLS, or port 465.", "RFC 4954 §4, §6"),
    Refusal("password-transition", LOGIN, r"^432 |^\d+ 4\.7\.12 ",
            "the server needs the password itself once",
            "the server has no record of your password for this mechanism yet",
            "Log in once with PLAIN inside TLS, after that this mechanism works.", "RFC 4954 §6"),
    Refusal("auth-mechanism-refused", LOGIN,
            r"^504 |^\d+ 5\.7\.4 |mechanism|unrecogni[sz]ed auth|method .* not supported|"
            r"not permitted by this server",
            "the server does not take this mechanism",
            "the server does not take this way of logging in",
            "Choose one that EHLO offers inside TLS, with --auth.", "RFC 4954 §4"),
    Refusal("auth-too-weak", LOGIN, r"^534 |^\d+ 5\.7\.9 |too weak",
            "the mechanism is too weak",
            "the mechanism is too weak for the server, or the account needs an application "
            "password",
            "Choose another mechanism with --auth, or make an application password.",
            "RFC 4954 §6"),
    Refusal("auth-out-of-order", LOGIN, r"^503 ",
            "AUTH comes at a time when it may not",
            "AUTH may not come now: once a session, after EHLO, and not within a transaction",
            "Send EHLO first, and AUTH only once.", "RFC 4954 §4"),
    Refusal("auth-not-understood", LOGIN, r"^50[01] |^\d+ 5\.5\.[2456] |base64",
            "a line of the login was not understood",
            "the server could not read a line of the login: no base64, or too long",
            "Look at the line in the record. A user name or password that was put in base64 twice "
            "is the usual mistake.", "RFC 4954 §4"),
    Refusal("auth-unknown-command", LOGIN, r"^502 ",
            "the server does not know AUTH here",
            "the server does not know AUTH, here and now",
            "Use the port for submission (587 or 465), inside TLS.", "RFC 6409 §4.3"),
    Refusal("auth-required", MAIL,
            r"auth\w*( is)? required|not authenticated|not logged in(?! as)|^\d+ 5\.7\.57 |"
            r"log ?in first|unauthenticated senders|authenticate first|AUTH (first|command first)|"
            r"client was not auth|^530 (?!.*(STARTTLS|TLS))",
            "mail is taken after a login only",
            "this server takes mail from users who have logged in only",
            "Give a user name (--user), and a password. If you did: was AUTH offered? It often is "
            "inside TLS only. An EHLO after AUTH makes some servers forget the login.",
            "RFC 4954 §6, RFC 6409 §4.3"),
    Refusal("tls-required", ANY,
            r"must issue a starttls|starttls (command )?first|^\d+ 5\.7\.10 |tls (is )?required|"
            r"encryption (is )?(required|needed)|^530 .*TLS",
            "mail is taken inside TLS only",
            "this server talks to you inside TLS only",
            "Leave --tls plain out, or use port 465.", "RFC 3207 §4"),
    Refusal("auth-temporary", LOGIN, r"^4(?!21)\d\d ",
            "passwords cannot be checked at the moment",
            "the server cannot check passwords at the moment",
            "Try again later; nothing is said about the password.", "RFC 4954 §6"),
    Refusal("auth-refused", LOGIN, r"^5\d\d ",
            "user name or password is wrong, or not for this service",
            "user name or password is wrong, or this way of logging in is switched off for the "
            "account",
            "Check both; many providers want an application password, or OAuth, instead. The user "
            "name is often the whole address.", "RFC 4954 §6"),
)  # fmt: skip
"""Read from the top; the last two fit everything."""
