"""SASL: each mechanism a generator of messages that carry both octets and meaning.

So the code that logs in is the code that teaches: a `SaslMessage` knows which of its octets are
the user name, which the separator, and how a digest came about.
"""

from smtplab.protocol.sasl.challenges import read_challenge as read_challenge
from smtplab.protocol.sasl.mechanisms import MECHANISMS as MECHANISMS
from smtplab.protocol.sasl.mechanisms import Mechanism as Mechanism
from smtplab.protocol.sasl.mechanisms import Need as Need
from smtplab.protocol.sasl.mechanisms import choose as choose
from smtplab.protocol.sasl.mechanisms import named as named
from smtplab.protocol.sasl.messages import Channel as Channel
from smtplab.protocol.sasl.messages import Credentials as Credentials
from smtplab.protocol.sasl.messages import Derivation as Derivation
from smtplab.protocol.sasl.messages import Part as Part
from smtplab.protocol.sasl.messages import SaslMessage as SaslMessage
