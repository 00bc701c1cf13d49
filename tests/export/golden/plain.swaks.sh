#!/bin/sh
# The session with fake.test:25, made from its record by smtplab VERSION.
# Left out, since swaks cannot do it: the parameters SIZE=21
message() {
  printf '%s\r\n' \
    'Subject: x' \
    '' \
    'hello'
  printf '.'
}
message | swaks \
  --server fake.test --port 25 \
  --ehlo localhost \
  --from alice@fake.test \
  --to bob@fake.test \
  --data - --no-data-fixup \
  "$@"
