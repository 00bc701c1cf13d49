"""One debugging session: target, bundled server, runner, record and findings, for every face."""
