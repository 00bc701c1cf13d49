"""The bundled server: an honest server on aiosmtpd whose every step a scenario may spoil."""
