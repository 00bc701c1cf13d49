"""The command line: data on stdout, narration on stderr, exit codes from one table."""
