"""A scenario file to begin with: it passes the check, and its comments say what else there is."""

import re

TEXT = """\
# A scenario of smtplab. What can stand here: docs/scenario-format.md; for editors:
#   smtplab scenarios schema > scenario.schema.json
# Check it:  smtplab scenarios check {path}
# Play it:   smtplab serve {path}
# Grade with it, or try smtplab's own client:  smtplab send scenario:{path}

title: {title}
severity: annoyance        # info, annoyance, mail-loss or security
tags: [own]
story: |
  What happens, and why it matters, in two or three plain sentences.
notice:
  - What to look at in the transcript.
links: ["RFC 5321#4.2.1"]  # RFC n#section, CVE-..., https://...

# Where the server departs from the honest one. All of it may be left out.
server:
  host: lab.test
  # ehlo: ["-PIPELINING", "+X-NEW 1"]     # edits of the list, or the whole list
  # tls: {{cert: expired, mode: starttls}}
  # auth: {{mechs: [PLAIN], required: true}}

# At each stage the first rule that applies takes the place of the honest answer.
rules:
  - at: rcpt               # greeting ehlo starttls auth login mail rcpt data eom quit ...
    when: {{conn: 1}}        # nth, arg, from, to, tls, auth, size, content ...; all must hold
    do:
      - reply: 451 4.7.1 Please come back later
      # - wait: 5s         # scaled by --time-scale
      # - send: "250 OK\\r\\n"
      # - close: rst       # fin, rst, half, cut

# What a correct client does. Each claim has its reason.
expect:
  - must: {{deliver: 0..1}}
    because: A 4xx asks to try again later; a client that does so delivers the message.
    ref: RFC 5321 §4.5.4.1
  - must-not: {{report: rejected}}
    because: Nothing was refused for good.
"""

_ID = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")


class BadId(ValueError):
    """What was given cannot be the id of a scenario."""


def skeleton(scenario_id: str) -> str:
    """The text of a new file. Raises BadId."""
    if not _ID.fullmatch(scenario_id):
        raise BadId(
            f"{scenario_id!r} is no id: small letters, digits and hyphens, "
            "with slashes between folders, such as envelope/rcpt-451"
        )
    words = scenario_id.rpartition("/")[2].replace("-", " ")
    title = f'"{words.capitalize()}"' if words.isdigit() else words.capitalize()
    return TEXT.format(path=f"{scenario_id}.yaml", title=title)
