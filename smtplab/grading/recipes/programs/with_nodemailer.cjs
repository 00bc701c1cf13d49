// Sends one message with nodemailer, as the environment says.
const fs = require("node:fs");
const nodemailer = require("nodemailer");

// A promise that is never settled would otherwise end the program as if all had gone well.
process.exitCode = 98;

const env = process.env;
const transport = nodemailer.createTransport({
  host: env.SMTPLAB_HOST,
  port: Number(env.SMTPLAB_PORT),
  secure: env.SMTPLAB_TLS === "implicit",
  requireTLS: env.SMTPLAB_TLS === "starttls",
  ignoreTLS: env.SMTPLAB_TLS === "none",
  auth: env.SMTPLAB_USERNAME
    ? { user: env.SMTPLAB_USERNAME, pass: env.SMTPLAB_PASSWORD }
    : undefined,
});

transport
  .sendMail({
    envelope: { from: env.SMTPLAB_SENDER, to: env.SMTPLAB_RECIPIENTS.split(",") },
    raw: fs.readFileSync(env.SMTPLAB_MESSAGE_FILE),
  })
  .then((info) => {
    process.exitCode = info.rejected.length ? 3 : 0;
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => transport.close());
