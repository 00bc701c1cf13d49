"""What the user may choose for a session, and the settings that it comes to."""

import re
from collections.abc import Iterable
from datetime import datetime

from smtplab.client.settings import (
    Envelope,
    Helo,
    InitialResponse,
    Login,
    Parameters,
    Security,
    SessionSettings,
    Smtputf8,
    TimeLimits,
)
from smtplab.client.steps import Stage
from smtplab.protocol import sasl
from smtplab.protocol.sasl import Credentials, Need
from smtplab.values import field, replace, value
from smtplab.wire.addresses import ANY_WAY, Way
from smtplab.workbench.composing import (
    DEFAULT_BODY,
    Attachment,
    Composition,
    CompositionError,
    Headers,
    compose,
)
from smtplab.workbench.target import Target


class OptionsError(ValueError):
    """Choices that do not go together; the message says what to change."""


@value(kw_only=True)
class Options:
    """The choices for one session; None means that the target decides."""

    security: Security | None = None
    base: str | None = None
    """How the bundled server is played: plain, starttls or implicit."""
    auth: bool = True
    """Whether the bundled server wants a login, and the session logs in there."""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    authzid: str = ""
    """Whom to act for, if not oneself."""
    token: str | None = field(default=None, repr=False)
    """An access token, for XOAUTH2 and OAUTHBEARER."""
    mechanism: str | None = None
    initial_response: InitialResponse = InitialResponse.AUTO
    auth_in_clear: bool = False
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    mail_parameters: Parameters = ()
    rcpt_parameters: Parameters = ()
    orcpt: bool = False
    smtputf8: Smtputf8 = Smtputf8.AUTO
    lmtp: bool = False
    helo: Helo = Helo.AUTO
    pipelining: bool = False
    chunk_size: int | None = None
    xclient: tuple[str, ...] = ()
    proxy_header: bytes = b""
    retries: tuple[float, ...] = ()
    subject: str = "A test by smtplab"
    body: str = DEFAULT_BODY
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    headers: Headers = ()
    """Headers in place of those that would be made."""
    added_headers: Headers = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    charset: str = "utf-8"
    content: bytes | None = field(default=None, repr=False)
    """A message to send as it is, in place of one made of subject and body."""
    further: tuple[bytes, ...] = field(default=(), repr=False)
    """More messages, over the same connection."""
    repeat: int = 1
    """How often to send all of them."""
    raw_content: bool = False
    ehlo_name: str = ""
    """Empty: this machine's full name, or its address in brackets."""
    server_name: str = ""
    verify: bool = True
    ca_pem: bytes | None = field(default=None, repr=False)
    client_chain_pem: bytes | None = field(default=None, repr=False)
    client_key_pem: bytes | None = field(default=None, repr=False)
    tls_minimum: str = "1.2"
    tls_maximum: str | None = None
    ciphers: str | None = None
    sni: str | None = None
    login: Login = Login.REQUIRED
    way: Way = ANY_WAY
    stop_after: Stage | None = None
    drop: bool = False
    drop_after_send: Stage | None = None
    timeout: float | None = None
    """Seconds for any one reply, in place of the limits of RFC 5321."""
    time_scale: float = 1.0
    keep_keys: bool = False
    reveal_secrets: bool = False

    def with_base(self, base: str | None) -> "Options":
        """The same choices for the bundled server on another base."""
        return replace(self, base=base)


@value
class Bundled:
    """Where the bundled server of a session listens, and whom it knows."""

    host: str
    port: int
    base: str
    name: str
    ca_pem: bytes
    username: str
    password: str


def settings_for(
    target: Target, options: Options, now: datetime, bundled: Bundled | None = None
) -> SessionSettings:
    """The settings of a session; OptionsError when something that is needed was not said."""
    if options.base is not None and bundled is None:
        raise OptionsError("--base is for the bundled server: scenario:ID")
    envelope = _envelope(target, options, bundled)
    _check_tls(options)
    content, *further = _contents(envelope, options, now)
    return SessionSettings(
        host=bundled.host if bundled else target.host,
        port=bundled.port if bundled else target.port,
        alternatives=target.alternatives,
        security=options.security or (Security(bundled.base) if bundled else target.security),
        envelope=envelope,
        content=content,
        further=tuple(further),
        pipelining=options.pipelining,
        chunk_size=options.chunk_size,
        smtputf8=options.smtputf8,
        lmtp=options.lmtp or target.lmtp,
        helo=options.helo,
        xclient=options.xclient,
        proxy_header=options.proxy_header,
        retries=options.retries,
        raw_content=options.raw_content,
        ehlo_name=options.ehlo_name,
        server_name=options.server_name or (bundled.name if bundled else ""),
        credentials=_credentials(target, options, bundled),
        mechanism=options.mechanism,
        initial_response=options.initial_response,
        auth_in_clear=options.auth_in_clear,
        verify=options.verify,
        ca_pem=bundled.ca_pem if bundled and options.ca_pem is None else options.ca_pem,
        client_chain_pem=options.client_chain_pem,
        client_key_pem=options.client_key_pem,
        tls_minimum=options.tls_minimum,
        tls_maximum=options.tls_maximum,
        ciphers=options.ciphers,
        sni=options.sni,
        login=options.login,
        stop_after=options.stop_after,
        drop=options.drop,
        drop_after_send=options.drop_after_send,
        limits=_limits(options),
    )


def _contents(envelope: Envelope, options: Options, now: datetime) -> tuple[bytes, ...]:
    """The messages, as often as each is to be sent."""
    if options.raw_content and options.content is None:
        raise OptionsError("--raw-data sends a file as it is: give --data FILE")
    content = options.content
    if content is None:
        content = _composed(envelope, options, now)
    contents = (content, *options.further) * options.repeat
    if options.retries and len(contents) > 1:
        raise OptionsError("--retry goes with one message only")
    return contents


def _envelope(target: Target, options: Options, bundled: Bundled | None) -> Envelope:
    sender = _sender(target, options, bundled)
    recipients = tuple(dict.fromkeys((*options.recipients, *options.cc, *options.bcc)))
    if bundled and not recipients:
        recipients = ("bob@lab.test",)
    if not recipients:
        raise OptionsError("whom is the message for? give --to ADDRESS (once for each recipient)")
    if sender is None:
        raise OptionsError("whom is the message from? give --from ADDRESS")
    _refuse_line_ends((sender, *recipients, options.ehlo_name, *options.xclient))
    parameters = (*options.mail_parameters, *options.rcpt_parameters)
    _refuse_line_ends(text or "" for pair in parameters for text in pair)
    return Envelope(
        sender, recipients, options.mail_parameters, options.rcpt_parameters, options.orcpt
    )


BREAKING = re.compile(r"[\r\n\0]")


def _refuse_line_ends(texts: Iterable[str]) -> None:
    """A line end inside of a command would be read as the beginning of another one."""
    for text in texts:
        if BREAKING.search(text):
            raise OptionsError(f"{text!r} has a line end: it would be read as another command")


def _sender(target: Target, options: Options, bundled: Bundled | None) -> str | None:
    username = options.username or target.username or ""
    if options.sender is not None:
        return "" if options.sender == "<>" else options.sender
    if bundled:
        return "alice@lab.test"
    return username if "@" in username else None


def _credentials(target: Target, options: Options, bundled: Bundled | None) -> Credentials | None:
    username = options.username or target.username
    if username is None and bundled is not None:
        return _of_the_lab(options, bundled)
    mechanism = sasl.named(options.mechanism or "")
    if username is None:
        # With these two the name may be left out: a certificate says it, or nobody asks.
        nameless = mechanism is not None and mechanism.need in (Need.CERTIFICATE, Need.NOTHING)
        return Credentials("") if nameless else None
    if options.password is None and options.token is None and not _proves_itself(options):
        raise OptionsError(
            f"the password of {username} is missing: give --password-file FILE, or set "
            "SMTPLAB_PASSWORD; an access token goes into --token-file FILE, or SMTPLAB_TOKEN"
        )
    password = options.password or ""
    return Credentials(username, password, options.authzid, options.token or "")


def _of_the_lab(options: Options, bundled: Bundled) -> Credentials | None:
    """The bundled server takes its user's password for an access token as well."""
    if not options.auth:
        return None
    mechanism = sasl.named(options.mechanism or "")
    wants_token = mechanism is not None and mechanism.need is Need.TOKEN
    password = bundled.password if options.password is None else options.password
    token = options.token or (password if wants_token else "")
    return Credentials(bundled.username, password, options.authzid, token)


def _proves_itself(options: Options) -> bool:
    """Whether the mechanism, or a certificate, does without a secret."""
    mechanism = sasl.named(options.mechanism or "")
    if mechanism is None:
        return options.client_chain_pem is not None
    return mechanism.need in (Need.CERTIFICATE, Need.NOTHING)


def secrets_of(settings: SessionSettings) -> tuple[str, ...]:
    """What must not be recorded of a session with these settings."""
    credentials = settings.credentials
    found = (credentials.password, credentials.token) if credentials is not None else ()
    return tuple(secret for secret in found if secret)


def _composed(envelope: Envelope, options: Options, now: datetime) -> bytes:
    parts = Composition(
        sender=envelope.sender,
        to=options.recipients or envelope.recipients[: 0 if options.cc or options.bcc else None],
        cc=options.cc,
        subject=options.subject,
        body=options.body,
        html=options.html,
        attachments=options.attachments,
        headers=options.headers,
        added=options.added_headers,
        charset=options.charset,
    )
    try:
        return compose(parts, now)
    except CompositionError as error:
        raise OptionsError(str(error)) from None


def _check_tls(options: Options) -> None:
    """Finds out now, and not in the middle of the session, what TLS could not work with."""
    given = (
        ("--ca-file", "holds no certificate of an authority", {"ca_pem": options.ca_pem}),
        (
            "--client-cert",
            "and its key do not go together, or one of them cannot be read",
            {
                "client_chain_pem": options.client_chain_pem,
                "client_key_pem": options.client_key_pem,
            },
        ),
        ("--ciphers", "names no cipher that OpenSSL knows", {"ciphers": options.ciphers}),
    )
    if options.tls_maximum is not None and options.tls_maximum < options.tls_minimum:
        raise OptionsError("--tls-max is below --tls-min")
    for option, name in (("--server-name", options.server_name), ("--sni", options.sni or "")):
        if name and not _is_name(name):
            raise OptionsError(f"what {option} gives is no name of a host: {name!r}")
    if options.client_key_pem is not None and options.client_chain_pem is None:
        raise OptionsError("--client-key goes with the certificate: give --client-cert FILE")
    if all(value is None for _, _, wishes in given for value in wishes.values()):
        return
    import ssl

    from smtplab.tls.settings import ClientTls, client_context

    for option, problem, wishes in given:
        try:
            client_context(ClientTls("", **wishes))
        except (ssl.SSLError, ValueError):
            raise OptionsError(f"what {option} gives {problem}") from None


def _is_name(name: str) -> bool:
    """Whether TLS can ask for that name: its labels have 1 to 63 octets, once they are in ASCII."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return True


def _limits(options: Options) -> TimeLimits:
    if options.timeout is None:
        return TimeLimits(scale=options.time_scale)
    return TimeLimits.all(options.timeout)
