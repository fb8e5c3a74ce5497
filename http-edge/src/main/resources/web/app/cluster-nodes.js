// The nodes of the cluster, one row each; on a phone one card each. A row that is chosen narrows the charts to its node.

import { bytes, count, duration, millis, number, percent, shortAddress } from './cluster-text.js';
import { figuresOf } from './cluster-log.js';
import { arrange, h, refill, time } from './ui.js';

const COLUMNS = [
  ['Node', 'Address, version, roles'],
  ['Status', 'As the cluster sees it'],
  ['Up since', ''],
  ['Shards', 'Groups of workspaces that are on the node'],
  ['Sessions', 'Sockets that are in a workspace'],
  ['Relays', 'Workspaces of which the node has sessions'],
  ['Workspaces', 'In memory'],
  ['Commits/s', 'Last ten seconds; beneath: last minute'],
  ['Calls/s', 'Last ten seconds; beneath: last minute'],
  ['Fan-out', 'From a commit to the sockets: median and 99th percentile of the last ten seconds'],
  ['Journal', 'Until a group of transactions is durable: median and 99th percentile of the last ten seconds'],
  ['Lag', 'How long the oldest waits of what is decided and not durable'],
  ['Heap', 'Used of what it may use'],
];

/** `chosen(address or null)` hears which node was chosen. `draw(answer, log, chosen)` draws. */
export function createNodes(choose) {
  const body = h('tbody');
  const alone = h('p', { class: 'hint', hidden: true }, 'One node, and no other: if it stops, nobody is served until it is back. Others join it with the settings of its cluster.');
  const table = h('table', { class: 'nodes' }, h('thead', {}, h('tr', {}, COLUMNS.map(([name, hint]) => h('th', { scope: 'col', title: hint }, name)))), body);
  const element = h('section', { class: 'cluster-part' }, h('h2', {}, 'Nodes'), h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Nodes, table' }, table), alone);
  let rows = new Map(); // address → row
  const draw = (answer, log, chosen) => {
    const next = new Map();
    const shards = answer.nodes.reduce((sum, node) => sum + (node.report?.shards ?? 0), 0);
    for (const node of answer.nodes) {
      const row = rows.get(node.address) ?? createRow(node.address, choose);
      row.draw(node, { self: answer.self === node.address, heard: log.heard(node.address), chosen: chosen === node.address, now: Date.parse(answer.time), shards });
      next.set(node.address, row);
    }
    rows = next;
    alone.hidden = answer.nodes.length !== 1;
    arrange(body, [...next.values()].map((row) => row.element));
  };
  return { element, draw };
}

function createRow(address, choose) {
  let isChosen = false;
  const button = h('button', { type: 'button', class: 'node-name', title: address, onclick: () => choose(isChosen ? null : address) }, shortAddress(address));
  const self = h('span', { class: 'tag', title: 'The node that answers this page' }, 'this');
  const about = h('small', {});
  const status = h('span', { class: 'tag node-status' });
  const silent = h('small', { class: 'node-silent' });
  const cells = COLUMNS.slice(2).map(([name]) => h('td', { 'data-label': name }));
  const element = h('tr', { 'data-node': address }, h('th', { scope: 'row' }, h('span', { class: 'node-title' }, button, self), about), h('td', { 'data-label': 'Status' }, status, silent), cells);
  const draw = (node, { self: isSelf, heard, chosen, now, shards }) => {
    isChosen = chosen;
    button.setAttribute('aria-pressed', chosen);
    element.classList.toggle('is-chosen', chosen);
    self.hidden = !isSelf;
    about.textContent = [node.version, ...node.roles].join(' · ');
    status.textContent = node.reachable ? node.status : 'unreachable';
    status.dataset.state = !node.reachable ? 'away' : node.status === 'up' ? 'up' : 'between';
    element.classList.toggle('is-silent', node.report === null);
    refill(silent, node.report ? [] : heard ? ['silent since ', time(new Date(heard).toISOString())] : ['silent']);
    const values = node.report ? cellsOf(node.report, now, shards) : cells.map(() => '–');
    cells.forEach((cell, index) => refill(cell, [values[index]].flat()));
  };
  return { element, draw };
}

function cellsOf(report, now, allShards) {
  const figures = figuresOf(report);
  const pace = ({ last10s, last60s }) => [h('span', {}, number(last10s)), h('small', {}, number(last60s))];
  const spread = (p50, p99) => (p99 === null ? [h('span', {}, '–'), h('small', {}, 'none')] : [h('span', {}, millis(p50)), h('small', {}, `p99 ${millis(p99)}`)]);
  return [
    [h('span', {}, duration(now - Date.parse(report.upSince))), h('small', {}, time(report.upSince))],
    [h('span', {}, count(report.shards)), report.shards !== null && meter(report.shards, allShards, `${report.shards} of ${allShards} shards`)],
    count(report.sessions),
    count(report.relays),
    count(report.workspaces),
    pace(report.commitsPerSecond),
    pace(report.callsPerSecond),
    spread(figures.fanOut50, figures.fanOut99),
    spread(figures.journal50, figures.journal99),
    millis(report.journalLagMillis),
    [h('span', {}, percent(figures.heap)), meter(figures.heap, 100, `${bytes(report.heap.usedBytes)} of ${bytes(report.heap.maxBytes)}`)],
  ];
}

function meter(value, max, label) {
  return h('meter', { min: 0, max: Math.max(1, max), value, 'aria-label': label, title: label });
}
