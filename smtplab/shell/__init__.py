"""The shell: one SMTP session a line at a time, for people, scripts and screen readers."""
