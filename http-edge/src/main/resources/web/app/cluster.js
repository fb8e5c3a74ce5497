// The cluster, for operators: what its nodes do now and have done in the last five minutes. Asked once a second while somebody looks.

import { request } from '../skein/index.js';
import { LineChart } from './charts.js';
import { createNodes } from './cluster-nodes.js';
import { ClusterLog } from './cluster-log.js';
import { polling } from './cluster-poll.js';
import { count, duration, millis, number, percent, shortAddress } from './cluster-text.js';
import { origin, session } from './session.js';
import { arrange, h, problem, refill, skeleton, time } from './ui.js';

const EVERY_MS = 1_000;
const PATIENCE_MS = 5_000;
/** Lines that a chart can tell apart. */
const LINES = 8;

/** Outlives the view, so that whoever comes back finds the minutes before; of the identity that looked. */
let log = new ClusterLog();
let logOf = null;

/** Answers how to leave. */
export function showCluster(page) {
  document.title = 'Cluster – Skein';
  if (logOf !== session.current.identity) log = new ClusterLog();
  logOf = session.current.identity;
  const view = createView();
  if (log.latest) page.main.replaceChildren(view.element);
  else page.main.replaceChildren(skeleton('cluster', 'Asking the cluster'));
  let away = null;
  const stop = polling({
    ask: () => request('GET', `${origin}/v1/cluster`, { token: session.current?.token ?? null, timeoutMs: PATIENCE_MS }),
    everyMs: EVERY_MS,
    answered: (answer) => {
      away = null;
      log.add(answer, Date.now());
      if (!view.element.isConnected) page.main.replaceChildren(view.element);
      view.draw(null);
    },
    failed: (error) => {
      if (error.code === 'forbidden' || error.code === 'unauthenticated') {
        page.main.replaceChildren(notForYou(error));
        return false;
      }
      if (!away) {
        away = awayFor();
        if (!log.latest) page.main.replaceChildren(problem('The server does not answer', error, away.element));
      }
      away.draw();
      if (log.latest) view.draw(away);
      return true;
    },
  });
  return () => {
    stop();
    view.leave();
  };
}

function notForYou(error) {
  return problem(
    'This is for operators',
    error,
    h('p', {}, 'It needs a token whose ', h('code', { class: 'plain' }, 'scope'), ' has ', h('code', { class: 'plain' }, 'skein:operator'), '. Whoever runs this server can issue one.'),
    h('a', { class: 'button', href: '#' }, 'All workspaces'),
  );
}

/** Since when nothing is heard. It is said once: who listens is not told every second how long it has been. */
function awayFor() {
  const since = Date.now();
  const long = h('span', { 'aria-hidden': 'true' });
  const element = h('p', {}, 'No answer since ', time(new Date(since).toISOString()), long, '. It is asked again every second.');
  return { element, draw: () => (long.textContent = `, ${duration(Date.now() - since)}`) };
}

function createView() {
  let chosen = null;
  const choose = (address) => {
    chosen = address;
    draw(null);
  };
  const banner = h('div', { class: 'notice cluster-away', role: 'alert', hidden: true });
  const about = h('p', { class: 'lead' });
  const tiles = createTiles();
  const nodes = createNodes(choose);
  const charts = createCharts();
  const busiest = createBusiest();
  const scope = h('select', { 'aria-label': 'Charts of', onchange: () => choose(scope.value || null) });
  const element = h(
    'div',
    { class: 'cluster' },
    h('header', {}, h('h1', {}, 'Cluster'), about),
    banner,
    tiles.element,
    h('section', { class: 'cluster-part' }, h('header', {}, h('h2', {}, 'The last five minutes'), scope), charts.element),
    nodes.element,
    busiest.element,
  );
  let scopes = '';
  const draw = (away) => {
    const answer = log.latest;
    const addresses = answer.nodes.map((node) => node.address);
    if (!addresses.includes(chosen)) chosen = null;
    if (scopes !== (scopes = addresses.join(' '))) refill(scope, [h('option', { value: '' }, 'All nodes'), addresses.map((address) => h('option', { value: address }, shortAddress(address)))]);
    scope.value = chosen ?? '';
    scope.hidden = addresses.length < 2;
    banner.hidden = away === null;
    element.classList.toggle('is-away', away !== null);
    if (away && banner.firstElementChild !== away.element) banner.replaceChildren(away.element);
    about.textContent = summary(answer);
    tiles.draw(answer, log, chosen);
    nodes.draw(answer, log, chosen);
    charts.draw(log, addresses, chosen);
    busiest.draw(answer);
  };
  if (log.latest) draw(null);
  return { element, draw, leave: charts.leave };
}

/** Such as "3 nodes, 1 of them silent". */
function summary({ nodes }) {
  const silent = nodes.filter((node) => node.report === null).length;
  return `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}${silent ? `, ${silent} of them silent` : ''}`;
}

function createTiles() {
  const all = [
    ['Sessions', 'sessions', count],
    ['Workspaces', 'workspaces', count],
    ['Relays', 'relays', count],
    ['Shards', 'shards', count],
    ['Commits/s', 'commits', number],
    ['Calls/s', 'calls', number],
    ['Fan-out p99', 'fanOut99', millis],
    ['Journal p99', 'journal99', millis],
    ['Journal lag', 'lag', millis],
    ['Heap', 'heap', percent],
  ].map(([name, key, format]) => ({ key, format, value: h('dd'), name }));
  const element = h('dl', { class: 'tiles' }, all.map(({ name, value, key }) => h('div', { class: 'tile panel', 'data-figure': key }, h('dt', {}, name), value)));
  const draw = (_answer, of, chosen) => {
    const { values } = of.series(all.map((tile) => tile.key), chosen).at(-1);
    for (const { key, format, value } of all) {
      const text = format(values[key]);
      if (value.textContent !== text) value.textContent = text;
    }
  };
  return { element, draw };
}

function createCharts() {
  const chart = (title, hint, format, top) => new LineChart({ title, hint, format, top });
  const totals = [
    [chart('Throughput', 'a second', number), [['commits', 'commits'], ['calls', 'calls']]],
    [chart('Fan-out', 'from a commit to its readers’ sockets; the slowest node', millis), [['fanOut50', 'p50'], ['fanOut99', 'p99']]],
    [chart('Journal', 'until durable; the slowest node', millis), [['journal50', 'p50'], ['journal99', 'p99'], ['lag', 'lag']]],
  ];
  const parts = [
    [chart('Commits by node', 'a second', number), 'commits'],
    [chart('Sessions by node', 'open sockets', number), 'sessions'],
    [chart('Heap by node', 'of what it may use', percent, 100), 'heap'],
  ];
  for (const [one, lines] of totals) one.lines(lines.map(([key, name]) => ({ key, name })));
  const all = [...totals, ...parts].map(([one]) => one);
  const element = h('div', { class: 'charts' }, all.map((one) => one.element));
  const draw = (of, addresses, chosen) => {
    const now = Date.now();
    // More nodes than lines: the first by address, and whichever is chosen.
    const shown = addresses.slice(0, LINES);
    if (chosen !== null && !shown.includes(chosen)) shown[LINES - 1] = chosen;
    for (const [one, lines] of totals) one.draw(of.series(lines.map(([key]) => key), chosen), now);
    for (const [one, figure] of parts) {
      one.lines(shown.map((address) => ({ key: address, name: shortAddress(address), title: address, faded: chosen !== null && chosen !== address })));
      one.draw(of.byNode(figure, shown), now);
    }
  };
  return { element, draw, leave: () => all.forEach((one) => one.leave()) };
}

function createBusiest() {
  const list = h('ol', { class: 'busiest' });
  const none = h('p', { class: 'hint' }, 'No workspace has committed anything of late.');
  const element = h('section', { class: 'cluster-part' }, h('h2', {}, 'Busiest workspaces'), none, list);
  let rows = new Map(); // workspace → { element, draw }
  const draw = ({ busiest }) => {
    const most = busiest[0]?.commitsPerSecond ?? 0;
    const next = new Map(busiest.map((one) => [one.workspace, rows.get(one.workspace) ?? createBusy(one.workspace)]));
    for (const one of busiest) next.get(one.workspace).draw(one, most);
    rows = next;
    none.hidden = busiest.length > 0;
    arrange(list, [...next.values()].map((row) => row.element));
  };
  return { element, draw };
}

function createBusy(workspace) {
  const node = h('small');
  const pace = h('span', { class: 'busy-pace' });
  const bar = h('meter', { min: 0, 'aria-hidden': 'true' });
  const element = h('li', {}, h('span', { class: 'names' }, h('a', { href: `#/w/${workspace}` }, workspace), node), bar, pace);
  const draw = ({ node: address, commitsPerSecond }, most) => {
    node.textContent = shortAddress(address);
    pace.textContent = `${number(commitsPerSecond)} commits/s`;
    bar.max = Math.max(most, 0.001);
    bar.value = commitsPerSecond;
  };
  return { element, draw };
}
