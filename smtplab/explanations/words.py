"""Single words: a code, an enhanced status code, a verb, an extension, a mechanism, a rule."""

import difflib
import re
from collections.abc import Callable, Iterator

from smtplab.diagnosis.engine import RULES
from smtplab.explanations import terms
from smtplab.explanations.explanation import Explanation, Row
from smtplab.protocol.anatomy import PARAMETERS
from smtplab.protocol.codes import (
    CODES,
    ENHANCED,
    ENHANCED_CLASSES,
    FIRST_DIGITS,
    SECOND_DIGITS,
    SUBJECTS,
    meaning_of,
    meaning_of_enhanced,
)
from smtplab.protocol.extensions import MEANINGS
from smtplab.protocol.guide import GUIDE, Guide, guide_for
from smtplab.protocol.replies import EnhancedStatus, parse_enhanced
from smtplab.protocol.sasl.mechanisms import MECHANISMS
from smtplab.protocol.states import EXPECTED, TRANSITIONS
from smtplab.protocol.verbs import PSEUDO, Verb
from smtplab.tls.alerts import ALERTS


def code(text: str) -> Explanation | None:
    """A reply code, such as 535."""
    if not re.fullmatch(r"[0-9]{3}", text) or text in terms.PORTS:
        return None
    number = int(text)
    meaning = meaning_of(number)
    first, second = FIRST_DIGITS.get(number // 100), SECOND_DIGITS.get(number // 10 % 10)
    rows = [Row(f"{text[0]}..", first or "no code of SMTP begins with this digit")]
    if first and second:
        rows.append(Row(f".{text[1]}.", second))
    answers = [v.value for v, e in EXPECTED.items() if number in _codes(e)]
    if answers:
        rows.append(Row("answers", ", ".join(answers)))
    return Explanation("reply code", text, meaning.text, tuple(rows), clause=meaning.clause)


def _codes(expected: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    return tuple(number for group in expected for number in group)


def enhanced(text: str) -> Explanation | None:
    """An enhanced status code, such as 5.7.8; "x.7.8" or "4.7.8" will do as well."""
    match = re.fullmatch(r"[245xX]\.(\d{1,3})\.(\d{1,3})", text)
    if match is None:
        return None
    known = text if text[0] in "245" else f"5{text[1:]}"
    status = parse_enhanced(known.encode())
    assert status is not None
    meaning = meaning_of_enhanced(status)
    rows = tuple(_parts(status, text[0] in "245"))
    return Explanation("enhanced status code", text, meaning.text, rows, clause=meaning.clause)


def _parts(status: EnhancedStatus, has_class: bool) -> Iterator[Row]:
    if has_class:
        yield Row(f"{status.klass}..", ENHANCED_CLASSES[status.klass])
    yield Row(f".{status.subject}.", SUBJECTS.get(status.subject, "a subject of the server's own"))
    same = [k for k in ENHANCED_CLASSES if k != status.klass]
    if (status.subject, status.detail) in ENHANCED and has_class:
        others = " or ".join(f"{k}.{status.subject}.{status.detail}" for k in same if k != SUCCESS)
        if status.klass != SUCCESS:
            yield Row("also", f"{others}: the same, {ENHANCED_CLASSES[same[-1]]}")


SUCCESS = 2


def verb(text: str) -> Explanation | None:
    """A command, such as EHLO."""
    try:
        known = Verb(text.upper())
    except ValueError:
        return None
    guide = guide_for(known) if known not in PSEUDO else None
    if guide is None:
        return None
    states = sorted({state.value for state, one, _ in TRANSITIONS if one is known})
    rows = (*_guide_rows(guide), Row("legal", f"in the states {', '.join(states)}"))
    return Explanation("command", known.value, guide.title, rows, clause=guide.clause)


def _guide_rows(guide: Guide) -> tuple[Row, ...]:
    return (
        Row("what", guide.what),
        Row("expect", guide.expect),
        Row("then", guide.then),
        Row("watch", guide.watch),
    )


def stage(text: str) -> Explanation | None:
    """A stage by the name that the guide has for it: greeting, tls, ehlo-tls, content."""
    guide = GUIDE.get(text.lower())
    if guide is None:
        return None
    return Explanation("stage", text.lower(), guide.title, _guide_rows(guide), clause=guide.clause)


def extension(text: str) -> Explanation | None:
    """A word of the EHLO reply, such as CHUNKING."""
    known = MEANINGS.get(text.upper())
    if known is None:
        return None
    return Explanation("extension", text.upper(), known[0], clause=known[1])


def mechanism(text: str) -> Explanation | None:
    """A way of logging in, such as SCRAM-SHA-256."""
    for one in MECHANISMS:
        if one.name == text.upper():
            guide = GUIDE.get(f"auth-{one.name.lower()}") or GUIDE.get("auth-scram")
            rows = _guide_rows(guide) if guide is not None else ()
            return Explanation("mechanism", one.name, one.note, rows, clause=one.clause)
    return None


def alert(text: str) -> Explanation | None:
    """A TLS alert by its name, such as handshake_failure."""
    for number, one in ALERTS.items():
        if one.name == text.lower().replace("-", "_").replace(" ", "_"):
            title = f"alert {number}: {one.meaning}"
            return Explanation("alert", one.name, title, clause="RFC 8446 §6")
    return None


def rule(text: str) -> Explanation | None:
    """A rule of the diagnosis, such as relay-denied."""
    for one in RULES:
        if one.id == text.lower():
            rows = (Row("severity", one.severity.value), Row("change", one.change))
            return Explanation("rule", one.id, one.about, rows, clause=one.clause)
    return None


WORDS: tuple[Callable[[str], Explanation | None], ...] = (
    terms.port,
    code,
    terms.family,
    enhanced,
    verb,
    extension,
    terms.parameter,
    mechanism,
    alert,
    rule,
    stage,
    terms.transmission,
)
"""What a single word may be, in this order; a word can be several, such as STARTTLS."""


def explain_word(text: str) -> tuple[Explanation, ...]:
    """All that one word is."""
    found = (recognise(text) for recognise in WORDS)
    explained = [one for one in found if one is not None]
    if any(one.kind == "extension" for one in explained):
        explained = [one for one in explained if one.kind != "parameter"]
    if any(one.kind == "command" for one in explained):
        explained = [one for one in explained if one.kind != "stage"]
    return tuple(explained)


def names() -> tuple[str, ...]:
    """All words that are known."""
    enhanced_codes = (f"5.{subject}.{detail}" for subject, detail in ENHANCED)
    return (
        *map(str, CODES),
        *enhanced_codes,
        *(v.value for v in Verb if v not in PSEUDO),
        *MEANINGS,
        *(m.name for m in MECHANISMS),
        *(a.name for a in ALERTS.values()),
        *(r.id for r in RULES),
        *PARAMETERS,
        *terms.TRANSMISSIONS,
    )


def nearest(text: str, most: int = 3) -> tuple[str, ...]:
    """The known words that look most like this one."""
    by_lower = {name.lower(): name for name in names()}
    found = difflib.get_close_matches(text.lower()[:60], by_lower, n=most, cutoff=0.6)
    return tuple(by_lower[name] for name in found)
