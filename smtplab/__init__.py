"""One lab for SMTP: learn it step by step, diagnose deliveries, test clients against faults."""

from smtplab.version import VERSION as __version__

__all__ = ["__version__"]
