"""From a server's certificate to a trusted authority: the path, or why there is none."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from smtplab.tls.certificates import parse
from smtplab.tls.problems import ChainProblem
from smtplab.values import value

if TYPE_CHECKING:
    from cryptography import x509


@value
class Link:
    """One certificate of the path, where it stood in the chain, and which authority it is."""

    certificate: "x509.Certificate"
    index: int
    trusted: bool

    @property
    def title(self) -> str:
        """How the certificate is called in sentences."""
        c = self.certificate
        if self.index == 0:
            return "the server's certificate"
        return f"the certificate of {c.subject.rfc4514_string() or 'an unnamed authority'}"


def build_path(
    sent: Sequence[tuple[int, "x509.Certificate"]], roots: Sequence[bytes]
) -> tuple[list[Link], list[ChainProblem]]:
    """From the leaf to a trusted root, or as far as it goes and why not further."""
    known = set(roots)
    path = [Link(sent[0][1], 0, der_of(sent[0][1]) in known)]
    problems: list[ChainProblem] = []
    while not path[-1].trusted and len(path) <= len(sent):
        last = path[-1]
        issuer = _trusted_issuer(last, roots) or _sent_issuer(last, sent, path)
        if issuer is None:
            problems += _why_no_issuer(last, sent)
            break
        path.append(issuer)
    return path, problems


def der_of(c: "x509.Certificate") -> bytes:
    """The certificate as octets."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return c.public_bytes(Encoding.DER)


def _trusted_issuer(link: Link, roots: Sequence[bytes]) -> Link | None:
    # Names are compared as octets first: parsing a system's 140 roots would take a while.
    wanted = link.certificate.issuer.public_bytes()
    for der in roots:
        if wanted in der:
            root = parse(der)
            if (
                root is not None
                and root.subject == link.certificate.issuer
                and signed(link.certificate, root)
            ):
                return Link(root, -1, True)
    return None


def _sent_issuer(
    link: Link, sent: Sequence[tuple[int, "x509.Certificate"]], path: Sequence[Link]
) -> Link | None:
    taken = {one.index for one in path}
    for index, candidate in sent:
        right_name = candidate.subject == link.certificate.issuer
        if right_name and index not in taken and signed(link.certificate, candidate):
            return Link(candidate, index, False)
    return None


def _why_no_issuer(
    link: Link, sent: Sequence[tuple[int, "x509.Certificate"]]
) -> Iterator[ChainProblem]:
    c = link.certificate
    issuer = c.issuer.rfc4514_string()
    if c.subject == c.issuer and signed(c, c):
        if link.index == 0:
            text = "the server's certificate is self-signed: nobody but itself vouches for it"
            yield ChainProblem("self-signed", 0, text)
        else:
            text = f"the chain ends in {issuer}, which is not among the trusted authorities"
            yield ChainProblem("untrusted-root", link.index, text)
        return
    same_name = [one for index, one in sent if index != link.index and one.subject == c.issuer]
    if same_name:
        text = f"{link.title} was not signed by the certificate of {issuer} that the server sent"
        yield ChainProblem("bad-signature", link.index, text)
    else:
        text = (
            f"nobody knows the issuer of {link.title}: {issuer} was neither sent by the server nor "
            "is it trusted"
        )
        yield ChainProblem("unknown-issuer", link.index, text)


def signed(c: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    """Whether the issuer's key made the signature."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        c.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return _signed_by_hand(c, issuer)
    except InvalidSignature:
        return False
    return True


def _signed_by_hand(c: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    """The same for digests that the library no longer takes, SHA-1 above all."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    try:
        key, digest = issuer.public_key(), c.signature_hash_algorithm
        if digest is None or c.issuer != issuer.subject:
            return False
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(c.signature, c.tbs_certificate_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(c.signature, c.tbs_certificate_bytes, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
