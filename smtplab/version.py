"""The version, as a constant: `smtplab --version` must not look up installed metadata."""

VERSION = "0.1.0"
