/**
 * How a report looks: on a screen, light or dark, and on paper.
 *
 * @module
 */

import { Html } from "./html.ts";

/** The style sheet. */
export const PAGE_STYLE: Html = new Html(`
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --ink: #1f2428; --faint: #5f6b76; --line: #dfe3e6; --card: #fff;
  --setup: #a9b4be; --wait: #d4dade; --boot: #6f9fd0; --kernel: #3f76b0; --rootfs: #1f4f86;
  --up: #2f7d4f; --good: #2a6f47; --bad: #a4362f; --warn: #84610a; --focus: #1f6feb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15191d; --ink: #dde3e8; --faint: #9aa6b1; --line: #2d353c; --card: #1b2026;
    --setup: #5a6772; --wait: #343d45; --boot: #3c6ea3; --kernel: #5b93cc; --rootfs: #9cc3ea;
    --up: #55b07c; --good: #6cc492; --bad: #ee8c84; --warn: #d9b056; --focus: #6cb0ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 3rem; max-width: 96rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { font-size: 1.6rem; font-weight: 600; line-height: 1.25; margin: 0; }
h2 { font-size: 1.15rem; font-weight: 600; margin: 2.5rem 0 .5rem; }
p { margin: .3rem 0; max-width: 60rem; }
small, .faint, caption, footer { color: var(--faint); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .25rem .5rem; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.verdict { margin-top: 1rem; padding: .6rem 1rem; border-left: 4px solid var(--bad); background: var(--card); }
.verdict.good { border-color: var(--good); }
@media (max-width: 66rem) { .scroll { overflow-x: auto; } }
table { border-collapse: collapse; width: 100%; background: var(--card); }
caption { text-align: left; padding: .25rem 0 .5rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
thead th { font-weight: 600; font-size: .87rem; border-bottom-width: 2px; white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 600; white-space: nowrap; }
.nodes td, .nodes tbody th { padding: .25rem .5rem; }
td.time { white-space: nowrap; }
td.time small { display: block; line-height: 1.1; }
td.none { color: var(--faint); }
td.last { font-weight: 600; }
.count { text-align: right; }
.bars { width: 24rem; min-width: 15rem; }
.notes { min-width: 9rem; overflow-wrap: anywhere; }
@media screen and (max-width: 90rem) {
  .nodes { font-size: .82rem; }
  .nodes td, .nodes tbody th, .nodes thead th { padding: .25rem .3rem; }
  .nodes thead th { white-space: normal; font-size: .78rem; }
  .bars { width: auto; min-width: 9rem; }
}
.bar { position: relative; border-radius: 2px; }
.bar svg, .scale svg { display: block; width: 100%; height: 18px; }
.scale svg { height: 16px; overflow: visible; font-size: 11px; font-weight: 400; fill: var(--faint); }
.grid { stroke: var(--line); }
.bmc, .lease, .power { fill: var(--setup); } .ready { fill: var(--wait); }
.script, .initrd { fill: var(--boot); } .kernel { fill: var(--kernel); } .rootfs { fill: var(--rootfs); }
.up { fill: var(--up); } .mark { fill: var(--ink); }
.detail {
  display: none; position: absolute; z-index: 2; left: 0; top: 100%; min-width: 19rem; padding: .6rem .8rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 4px;
  box-shadow: 0 4px 16px rgb(0 0 0 / .18); font-size: .87rem;
}
.bar:hover .detail, .bar:focus .detail { display: block; }
.detail ul { margin: .2rem 0 0; padding: 0; list-style: none; }
ul.plain { margin: 0; padding: 0; list-style: none; }
ul.plain li { display: inline; }
ul.plain li + li::before { content: " · "; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: .5rem 0; list-style: none; font-size: .87rem; }
.legend svg { width: 1.6em; height: .7em; margin-right: .4em; }
.error { color: var(--bad); } .warning { color: var(--warn); }
.message { white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: inherit; }
code { font-size: .93em; overflow-wrap: anywhere; }
@page { size: A4 landscape; margin: 11mm; }
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --ink: #000; --faint: #444; --line: #bbb; --card: #fff;
    --setup: #a9b4be; --wait: #d4dade; --boot: #6f9fd0; --kernel: #3f76b0; --rootfs: #1f4f86;
    --up: #2f7d4f; --good: #2a6f47; --bad: #a4362f; --warn: #84610a;
  }
  html { font-size: 8.5pt; }
  body { padding: 0; max-width: none; font-size: 1rem; }
  h1 { font-size: 15pt; } h2 { font-size: 11pt; margin-top: 6mm; break-after: avoid; }
  .skip, .detail { display: none !important; }
  .scroll { overflow: visible; }
  .bars { width: 62mm; min-width: 0; }
  th, td, .nodes td, .nodes tbody th { padding: .6mm 1.4mm; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  .bar svg { height: 3.4mm; }
}
`);
