"""The style sheet of the HTML report: the colours of the console, on a light or a dark ground."""

STYLE = """
:root {
  --ground: #ffffff; --text: #1b232a; --client: #005a91; --good: #00694f; --more: #6b5b00;
  --later: #8a5a00; --bad: #a93a00; --dim: #5c666f; --rule: #b4bdc5; --row: #d3e4f1;
  --panel: #f1f4f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151b; --text: #e8ecef; --client: #56b4e9; --good: #2ec4a0; --more: #f0e442;
    --later: #e69f00; --bad: #ff7a45; --dim: #8593a1; --rule: #3a4754; --row: #20364a;
    --panel: #1d2730;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--ground);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.5rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .35rem 0; overflow-wrap: anywhere; }
code, pre { font: .875rem/1.45 ui-monospace, monospace; }
a { color: var(--client); }
.outcome {
  background: var(--panel); border-left: .4rem solid currentColor; margin: 0; padding: .75rem 1rem;
}
.outcome strong { text-transform: uppercase; margin-right: .5rem; }
article {
  background: var(--panel); border-left: .4rem solid var(--rule); margin: .5rem 0;
  padding: .6rem 1rem;
}
article.error { border-color: var(--bad); } article.error h3 b { color: var(--bad); }
article.warning { border-color: var(--later); } article.warning h3 b { color: var(--later); }
article.info { border-color: var(--client); } article.info h3 b { color: var(--client); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--dim); font-weight: 600; }
th, td { padding: .2rem .75rem .2rem 0; vertical-align: top; }
thead th, section > table td { border-bottom: 1px solid var(--rule); }
td code { overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar { width: 8rem; height: .6rem; margin-top: .45rem; background: var(--panel); }
.bar i { display: block; height: 100%; background: var(--client); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
.dialogue { background: var(--panel); padding: .5rem .75rem; overflow-x: auto; }
.dialogue td { padding-top: .05rem; padding-bottom: .05rem; }
.dialogue .number { color: var(--dim); font-size: .8rem; line-height: 1.6; }
.dialogue tr.cited { background: var(--row); }
.dialogue tr:target { outline: 2px solid var(--client); }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.client { color: var(--client); }
.good, .done, .code2 { color: var(--good); }
.code3 { color: var(--more); }
.later, .warning, .code4 { color: var(--later); }
.bad, .failed, .error, .code5, .code { color: var(--bad); }
pre .tls { color: var(--good); }
.dim, .skipped, .secret, .note { color: var(--dim); }
.outcome { color: var(--text); }
.outcome.good { border-color: var(--good); } .outcome.good strong { color: var(--good); }
.outcome.later { border-color: var(--later); } .outcome.later strong { color: var(--later); }
.outcome.bad { border-color: var(--bad); } .outcome.bad strong { color: var(--bad); }
article.error, article.warning, article.info { color: var(--text); }
@media (max-width: 40rem) {
  .bar { display: none; } body { padding: .75rem; } dl { grid-template-columns: 1fr; }
}
@media print { .outcome, article, .dialogue { background: none; } }
"""
