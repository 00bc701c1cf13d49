// A plugin of Haraka: who may send what to whom, and a maildir for what is taken.
"use strict";
const fs = require("node:fs");
const path = require("node:path");

exports.register = function () {
  this.wishes = this.config.get("haraka_plugin.json");
};

exports.hook_mail = function (next, connection) {
  if (this.wishes.login.includes(connection.local.port) && !connection.relaying) {
    return next(DENY, "login first");
  }
  return next(OK);
};

exports.hook_rcpt = function (next, connection, [recipient]) {
  if (connection.relaying || recipient.address === this.wishes.recipient) {
    return next(OK);
  }
  return next(DENY, "no such user here");
};

function keep(next, connection) {
  const { uuid, message_stream: message } = connection.transaction;
  const [unfinished, finished] = ["tmp", "new"].map((f) => path.join(this.wishes.maildir, f, uuid));
  const file = fs.createWriteStream(unfinished);
  file.once("close", () => {
    fs.renameSync(unfinished, finished);
    next(OK, "kept");
  });
  message.pipe(file);
}

exports.hook_queue = keep;
// Whoever has logged in may send to anybody: such mail would be sent on from here.
exports.hook_queue_outbound = keep;
