"""Looking at a server without sending mail: connections, greeting, EHLO, TLS and offers."""
