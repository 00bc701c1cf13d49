#!/bin/sh
# The session with mail.test:2525, made from its record by smtplab VERSION.
# SMTPLAB_PASSWORD has to hold the password.
# SMTPLAB_CA_FILE may name the authorities to trust (PEM).
: "${SMTPLAB_PASSWORD:?is not set}"
username=alice
folder=$(mktemp -d) || exit 1
server=
trap 'kill $server 2>/dev/null; rm -rf "$folder"' EXIT
mkfifo "$folder/to" "$folder/from" || exit 1
openssl s_client -quiet -connect 192.0.2.7:2525 \
  -servername mail.test \
  -verify_return_error -verify_hostname mail.test \
  ${SMTPLAB_CA_FILE:+-CAfile "$SMTPLAB_CA_FILE"} \
  -starttls smtp -name client.test \
  <"$folder/to" >"$folder/from" &
server=$!
exec 3>"$folder/to" 4<"$folder/from"

trap '' PIPE
cr=$(printf '\r')

# Waits for the last line of a reply.
reply() {
  while IFS= read -r line <&4; do
    line=${line%"$cr"}
    printf '<- %s\n' "$line" | cat -v
    case $line in
      [0-9][0-9][0-9]-*) ;;
      *) return ;;
    esac
  done
  echo 'the connection is closed' >&2
  exit 1
}

# Sends a line, and shows it, or the second word in its place.
say() {
  printf -- '-> %s\n' "${2:-$1}"
  printf '%s\r\n' "$1" >&3
  reply
}

encoded() {
  openssl base64 -A
}
say 'EHLO client.test'
say "AUTH PLAIN $(printf '\000%s\000%s' "$username" "$SMTPLAB_PASSWORD" | encoded)" 'AUTH PLAIN ...'
say 'MAIL FROM:<alice@mail.test> SIZE=70'
say 'RCPT TO:<bob@mail.test>'
say 'RCPT TO:<o'"'"'hara@mail.test>'
say NOOP
say DATA
case $line in
  354*) ;;
  *) exit 1 ;;
esac
{
  printf '%s\r\n' \
    'From: alice@mail.test' \
    'Subject: It'\''s $HOME' \
    '' \
    '..dot'
  printf '\033\377\015\012'
  printf '%s\r\n' \
    '.'
} >&3
reply
say QUIT
