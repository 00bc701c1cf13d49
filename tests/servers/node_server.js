// The npm package smtp-server on three loopback ports; what it takes goes into a maildir.
"use strict";
const fs = require("fs");
const path = require("path");
const wishes = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const { SMTPServer } = require(path.join(wishes.modules, "smtp-server"));

let count = 0;

function keep(stream, session, done) {
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  stream.on("end", () => {
    count += 1;
    const name = `${process.pid}.${count}`;
    fs.writeFileSync(path.join(wishes.maildir, "tmp", name), Buffer.concat(chunks));
    fs.renameSync(path.join(wishes.maildir, "tmp", name), path.join(wishes.maildir, "new", name));
    done(null, "kept");
  });
}

function logIn(auth, session, done) {
  const right =
    auth.username === wishes.username &&
    (auth.method === "CRAM-MD5"
      ? auth.validatePassword(wishes.password)
      : auth.password === wishes.password);
  if (right) {
    done(null, { user: auth.username });
  } else {
    done(Object.assign(new Error("wrong"), { responseCode: 535 }));
  }
}

function recipient(address, session, done) {
  if (session.user || address.address === wishes.username) {
    done();
  } else {
    done(Object.assign(new Error("no such user here"), { responseCode: 550 }));
  }
}

function listen(port, secure, open) {
  const server = new SMTPServer({
    name: wishes.name,
    key: fs.readFileSync(wishes.key),
    cert: fs.readFileSync(wishes.chain),
    secure,
    size: 64 << 20,
    authMethods: ["PLAIN", "LOGIN", "CRAM-MD5"],
    authOptional: open,
    disableReverseLookup: true,
    onAuth: logIn,
    onRcptTo: recipient,
    onData: keep,
  });
  server.on("error", (error) => console.error(String(error)));
  server.listen(port, wishes.host);
}

listen(wishes.smtp, false, true);
listen(wishes.submission, false, false);
listen(wishes.submissions, true, false);
