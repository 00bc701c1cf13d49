"""Byte streams: TCP, TLS, tap and memory, all under one contract."""
