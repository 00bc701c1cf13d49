"""Words of SMTP explained: codes, commands, extensions, logins in base64, replies, transcripts."""
