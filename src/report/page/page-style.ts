/** The page's own style, as text: one column on a phone, light and dark as the reader's system is. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --paper: #fff; --ink: #1c2129; --quiet: #59636f; --line: #dde2e8;
  --good: #1a7438; --bad: #c0262d; --warn: #8a5a00; --busy: #0b62b8;
  --good-soft: #e2f4e7; --bad-soft: #fdebeb; --warn-soft: #fbf1d9; --busy-soft: #e4f0fc;
  --area: #6d9fd8; --link: #0b5cad;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161b; --paper: #1a2027; --ink: #e4e8ed; --quiet: #9ba6b3; --line: #2f3843;
    --good: #6fd08c; --bad: #ff8f8f; --warn: #e8b95a; --busy: #79b8ff;
    --good-soft: #17321f; --bad-soft: #3a1c1f; --warn-soft: #352a12; --busy-soft: #14293f;
    --area: #3f73ad; --link: #85bfff;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
main { max-width: 74rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 2; padding: .5rem 1rem; background: var(--paper); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--busy); outline-offset: 2px; }
h1, h2, h3, p, dl, ol, ul, pre, fieldset { margin: 0; }
h1 { font-size: 1.9rem; line-height: 1.25; overflow-wrap: anywhere; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .6rem; }
h3 { font-size: .78rem; margin: .9rem 0 .25rem; color: var(--quiet); }
code, pre, kbd { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; padding: .65rem .8rem; border-radius: 6px; background: var(--ground); font-size: .82rem; line-height: 1.5; contain: content; tab-size: 4; }
u { text-decoration: none; color: var(--quiet); font-style: italic; }
.k, .h { color: var(--quiet); font-size: .875rem; }
.k { margin-bottom: .15rem; }
.h { margin: .3rem 0; overflow-wrap: anywhere; }
.lead { font-size: 1.05rem; margin-top: .35rem; max-width: 60rem; overflow-wrap: anywhere; }
.note { overflow-wrap: anywhere; margin: .7rem 0; padding: .6rem .9rem; border-radius: 6px; background: var(--warn-soft); }
.status { display: inline-block; vertical-align: .2em; padding: .1rem .65rem; border-radius: 99px; font-size: .85rem; font-weight: 600; letter-spacing: 0; line-height: 1.5; background: var(--line); }
.status.good { color: var(--good); background: var(--good-soft); }
.status.bad { color: var(--bad); background: var(--bad-soft); }
.status.warn { color: var(--warn); background: var(--warn-soft); }
.status.busy { color: var(--busy); background: var(--busy-soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1px; margin: 1.2rem 0 1rem; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: var(--line); }
.figures div { padding: .7rem 1rem; background: var(--paper); }
.figures dt { font-size: .8rem; color: var(--quiet); }
.figures dd { margin: 0; font-size: 1.4rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures small { display: block; font-size: .8rem; font-weight: 400; color: var(--quiet); }
.figures .good dd { color: var(--good); } .figures .bad dd { color: var(--bad); } .figures .warn dd { color: var(--warn); }
.facts, .calls dl { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; font-size: .875rem; }
.facts div, .calls dl div { min-width: 0; }
.facts dt, .calls dl dt { display: inline; color: var(--quiet); margin-right: .45em; }
.facts dd, .calls dl dd { display: inline; margin: 0; overflow-wrap: anywhere; }
section > details, section > pre { margin-top: .6rem; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); }
section > details > summary { padding: .55rem .9rem; cursor: pointer; font-weight: 600; }
section > details > pre { margin: 0 .9rem .9rem; }
section > details > .h { margin: 0 .9rem .7rem; }
pre.error { border-color: var(--bad); background: var(--bad-soft); }
.findings { list-style: none; padding: 0; display: grid; gap: .45rem; }
.findings li { padding: .55rem .9rem; border-left: 4px solid var(--line); border-radius: 4px; background: var(--paper); overflow-wrap: anywhere; contain: content; }
.findings .bad { border-color: var(--bad); } .findings .warn { border-color: var(--warn); }
.findings .bad b { color: var(--bad); } .findings .warn b { color: var(--warn); }
.findings b { margin-right: .4em; }
.findings small { display: block; font-size: .82rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); }
.phases { width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
.phases th, .phases td { padding: .4rem .7rem; text-align: right; border-top: 1px solid var(--line); white-space: nowrap; }
.phases thead th { border-top: 0; font-weight: 400; font-size: .8rem; color: var(--quiet); vertical-align: bottom; }
.phases th:first-child { text-align: left; max-width: 16rem; overflow: hidden; text-overflow: ellipsis; font-weight: 600; }
.phases thead th:first-child { font-weight: 400; }
.phases td.bad { color: var(--bad); font-weight: 600; }
.phases .chart { width: 100%; min-width: 14rem; padding-left: 0; padding-right: .8rem; }
.phases svg { display: block; width: 100%; height: 2.2rem; }
.axis { display: flex; justify-content: space-between; }
.area { fill: var(--area); }
.ticks { stroke: var(--bad); stroke-width: 2; vector-effect: non-scaling-stroke; }
.rest { stroke: var(--quiet); stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; }
.attempts, .log { padding-left: 1.6rem; font-size: .9rem; }
.attempts li { margin: .4rem 0; }
.log { list-style: none; padding: .6rem .9rem; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); max-height: none; }
.log li { white-space: pre-wrap; overflow-wrap: anywhere; contain: content; }
.log time { color: var(--quiet); font-size: .8rem; font-variant-numeric: tabular-nums; margin-right: .5em; }
form { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .8rem; margin: .8rem 0; font-size: .875rem; }
input[type=search], select, button { font: inherit; padding: .4rem .7rem; border: 1px solid var(--quiet); border-radius: 6px; background: var(--paper); color: inherit; max-width: 100%; }
input[type=search] { flex: 1 1 14rem; }
form label { max-width: 100%; min-width: 0; }
fieldset { border: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem; min-width: 0; }
.chip { padding: .28rem .7rem; border: 1px solid var(--quiet); border-radius: 99px; background: var(--paper); cursor: pointer; }
.chip input { position: absolute; opacity: 0; }
.chip:has(:checked) { border-color: var(--busy); background: var(--busy-soft); color: var(--busy); }
.chip:has(:focus-visible) { outline: 2px solid var(--busy); outline-offset: 2px; }
.keys { color: var(--quiet); }
kbd { padding: 0 .3em; border: 1px solid var(--line); border-radius: 3px; background: var(--paper); }
#count { flex-basis: 100%; }
.calls { list-style: none; padding: 0; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); overflow: clip; }
.calls > li { border-top: 1px solid var(--line); scroll-margin: 3rem; }
.calls > li:first-child { border-top: 0; }
.old .s { white-space: normal; }
.calls summary { display: grid; grid-template-columns: 6.8rem 3.2rem minmax(8rem, 2.4fr) minmax(0, .8fr) minmax(4rem, 1.1fr) 4.2rem 9.6rem 4.6rem .8rem; gap: .1rem .7rem; align-items: center; padding: .48rem .9rem; cursor: pointer; list-style: none; font-size: .9rem; font-variant-numeric: tabular-nums; outline-offset: -2px; }
.calls summary::-webkit-details-marker { display: none; }
.calls summary::after { content: '▸' / ''; grid-column: -2; grid-row: 1; color: var(--quiet); text-align: right; }
.calls [open] > summary::after { content: '▾' / ''; }
.calls [open] .l { white-space: normal; overflow-wrap: anywhere; }
.calls summary:hover { background: color-mix(in srgb, var(--line) 35%, transparent); }
.calls details[open] > summary { background: color-mix(in srgb, var(--line) 50%, transparent); }
.s { font-weight: 600; font-size: .8rem; white-space: nowrap; }
.s::before { display: inline-block; width: 1.3em; content: '•' / ''; }
.failed .s { color: var(--bad); } .failed .s::before { content: '✗' / ''; }
.unfinished .s, .stopped .s, .denied .s { color: var(--warn); } .denied .s::before { content: '!' / ''; } .stopped .s::before { content: '■' / ''; } .unfinished .s::before { content: '…' / ''; }
.waiting .s { color: var(--quiet); } .running .s { color: var(--busy); } .running .s::before { content: '›' / ''; }
.done .s { color: var(--good); } .done .s::before { content: '✓' / ''; }
.n, .p, .t { color: var(--quiet); }
.n { text-align: right; }
.l { font-weight: 500; }
.l, .p { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.d, .t, .c { text-align: right; white-space: nowrap; }
.w { width: 100%; height: .5rem; border-radius: 2px; background: var(--ground); fill: var(--area); }
.failed .w { fill: var(--bad); } .stopped .w, .unfinished .w { fill: var(--warn); }
.m { grid-column: 3 / -2; font-size: .85rem; color: var(--quiet); overflow-wrap: anywhere; }
.m b { color: var(--bad); font-weight: 600; }
.calls details > :not(summary) { margin-left: .9rem; margin-right: .9rem; }
.calls dl { padding: .5rem 0; }
.calls details ol { list-style: none; padding: 0; font-size: .82rem; font-family: var(--mono); }
.calls details ol li { display: flex; gap: .7rem; padding: .08rem 0; contain: content; }
.calls details ol b { flex: 0 0 4.2rem; font-weight: 400; color: var(--quiet); }
.calls details ol span { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 0; }
.calls details ol .sub { padding-left: 1.4rem; }
.calls details > .h:last-child { padding: .6rem 0 .9rem; margin-bottom: 0; }
footer { margin-top: 2.5rem; color: var(--quiet); font-size: .82rem; }
@media (max-width: 46rem) {
  main { padding: 1rem .8rem 3rem; }
  h1 { font-size: 1.5rem; }
  .figures { grid-template-columns: repeat(2, 1fr); }
  .keys { display: none; }
  .calls summary { grid-template-columns: auto auto 1fr auto .8rem; row-gap: .15rem; padding: .55rem .8rem; }
  .calls summary .l { grid-column: 1 / -1; white-space: normal; overflow-wrap: anywhere; grid-row: 2; }
  .n { text-align: left; }
  .calls .p, .calls .w, .calls .t { display: none; }
  .m { grid-column: 1 / -1; }
  .d { grid-column: 3; }
  .phases th:first-child { max-width: 8rem; }
  .phases .chart { min-width: 9rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { body { background: none; } form { display: none; } .calls > li { break-inside: avoid; } }
`;
