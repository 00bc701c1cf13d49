#!/bin/sh
# The session with mail.test:2525, made from its record by smtplab VERSION.
# SMTPLAB_PASSWORD has to hold the password.
# SMTPLAB_CA_FILE may name the authorities to trust (PEM).
# Left out, since swaks cannot do it: NOOP
# Left out, since swaks cannot do it: the parameters SIZE=70
: "${SMTPLAB_PASSWORD:?is not set}"
export SWAKS_OPT_auth_password="$SMTPLAB_PASSWORD"
message() {
  printf '%s\r\n' \
    'From: alice@mail.test' \
    'Subject: It'\''s $HOME' \
    '' \
    '..dot'
  printf '\033\377\015\012'
  printf '.'
}
message | swaks \
  --server 192.0.2.7 --port 2525 \
  --ehlo client.test \
  --tls \
  --tls-sni mail.test \
  --tls-verify ${SMTPLAB_CA_FILE:+--tls-ca-path "$SMTPLAB_CA_FILE"} \
  --auth PLAIN --auth-user alice --auth-hide-password \
  --from alice@mail.test \
  --to 'bob@mail.test,o'"'"'hara@mail.test' \
  --data - --no-data-fixup \
  "$@"
