"""SMTP as bytes and values: no sockets, no clock, no event loop."""
