// Everything that the page shows, and how to get there: for pictures, and for what must hold in every view.

import { Person } from './people.js';

/** A cluster of three, of which one is silent: what one node alone never shows. */
export function clusterOf(turn = 0) {
  const quantiles = (p50Millis, p99Millis) => ({ last10s: { count: 40, p50Millis, p99Millis }, last60s: { count: 240, p50Millis, p99Millis } });
  const pace = (value) => ({ last10s: value, last60s: value * 0.9 });
  const wave = (size, phase) => size * (1 + 0.4 * Math.sin((turn + phase) / 4));
  const node = (index, report) => ({ address: `pekko://skein@10.0.0.${index}:25520`, status: 'up', reachable: report !== null, version: '0.1.0', roles: ['workspace', 'edge'], report });
  const report = (index) => ({
    upSince: new Date(Date.now() - index * 3_700_000).toISOString(),
    sessions: Math.round(wave(240, index)),
    relays: 31,
    workspaces: 120 * index,
    shards: 40 + index,
    commitsPerSecond: pace(wave(180, index)),
    callsPerSecond: pace(wave(210, index)),
    fanOut: quantiles(wave(0.4, index), wave(2.2, index)),
    journal: quantiles(wave(1.3, index), wave(7, index)),
    journalLagMillis: wave(1.8, index),
    heap: { usedBytes: Math.round(wave(2.1e8, index)), maxBytes: 1_073_741_824 },
  });
  const nodes = [node(1, report(1)), node(2, report(2)), node(3, null)];
  const busiest = Array.from({ length: 7 }, (_, index) => ({ workspace: `busy-${index}`, node: nodes[index % 2].address, commitsPerSecond: 41 / (index + 1) }));
  return { time: new Date().toISOString(), self: nodes[0].address, nodes, busiest };
}

/** Answers `/v1/cluster` of a page or context by `answer(turn)`, null: no answer at all. How to stop. */
export async function pretendCluster(target, answer = clusterOf) {
  let turn = 0;
  const url = '**/v1/cluster';
  await target.route(url, (route) => {
    const json = answer(turn++);
    return json === null ? route.abort() : route.fulfill({ status: json.status ?? 200, json: json.body ?? json });
  });
  return () => target.unroute(url);
}

/** Somebody with a workspace of each kind. */
export async function scene(browser, url, options) {
  const person = await Person.arrives(browser, 'Ada', url, '', options);
  await person.page.locator('select[name="module"]').waitFor();
  const token = await person.page.evaluate(() => JSON.parse(localStorage.getItem('skein.identity')).token);
  const post = async (path, body) => {
    const answer = await fetch(url + path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`no ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const create = async (module, name) => (await post('/v1/workspaces', { module, name, access: 'private', displayName: 'Ada' })).id;
  const call = (workspace, reducer, args) => post(`/v1/workspaces/${workspace}/calls/${reducer}`, args);
  const board = await create('board', 'Launch plan');
  const flow = await create('flow', 'Pipeline');
  const studio = await create('studio', 'Automation');
  for (const [id, title, column, color] of [['a', 'Write the announcement', 0, 'blue'], ['b', 'Ask the first ten users', 0, 'rose'], ['c', 'Ship it', 1, null]]) {
    await call(board, 'add_card', { id, title, column, rank: Number.parseInt(id, 36) });
    if (color) await call(board, 'edit_card', { id, title, color });
  }
  const node = (id, name, x, y) => ({ id, name, type: 'demo.step', x, y, parameters: { of: name } });
  const edge = (id, source, target) => ({ id, source, target, kind: 'main', output: 0, input: 0 });
  await call(flow, 'replace_graph', { nodes: [node('in', 'Webhook', 0, 0), node('ask', 'Ask a model', 280, -60), node('save', 'Save', 560, 0)], edges: [edge('1', 'in', 'ask'), edge('2', 'ask', 'save')] });
  await call(studio, 'create_workspace', { id: 'home', name: 'Automation', display_name: 'Ada' });
  await call(studio, 'create_workflow', { id: 'triage', workspace_id: 'home', name: 'Triage', display_name: 'Ada' });
  const put = (nodeId, type, x, y) => ({ op: 'upsert_node', nodeId, type, positionJson: JSON.stringify({ x, y }), dataJson: JSON.stringify({ label: nodeId }) });
  const line = (source, target) => ({ op: 'upsert_edge', edgeId: `${source}-${target}`, source, target, handlesJson: '{}' });
  const ops = [put('inbox', 'trigger', 0, 0), put('agent', 'agent', 260, -80), put('reply', 'mail', 520, -20), line('inbox', 'agent'), line('agent', 'reply')];
  await call(studio, 'apply_workflow_ops', { workflow_id: 'triage', ops_json: JSON.stringify(ops), display_name: 'Ada' });
  await call(studio, 'save_brain_doc', { id: 'tone', workspace_id: 'home', title: 'Tone of voice', content_json: JSON.stringify({ text: 'Short, kind, exact.' }), version_id: null });
  return { person, url, board, flow, studio };
}

const live = (page) => page.locator('.status[data-state="live"]').waitFor();
const tab = async (page, name) => {
  const button = page.getByRole('tab', { name, exact: true });
  if (await button.isVisible()) await button.click();
};

/** `[{ name, go(page) }]`; `go` waits until the view is there. */
export function views({ url, board, flow, studio }) {
  const at = async (page, hash) => {
    await page.goto('about:blank'); // the same address again would show nothing anew
    await page.goto(`${url}/${hash}`);
  };
  const workspace = (id, name) => async (page) => {
    await at(page, `#/w/${id}`);
    await live(page);
    if (name) await tab(page, name);
    await page.locator('.pane:visible').first().waitFor();
  };
  return [
    { name: 'home', go: async (page) => (await at(page, ''), await page.locator('.workspace').nth(2).waitFor()) },
    { name: 'board', go: async (page) => (await workspace(board)(page), await page.locator('.card').nth(2).waitFor()) },
    { name: 'flow', go: workspace(flow) },
    { name: 'studio', go: async (page) => (await at(page, `#/w/${studio}/workflow/triage`), await live(page), await page.locator('.node').nth(2).waitFor()) },
    { name: 'document', go: async (page) => (await at(page, `#/w/${studio}/doc/tone`), await live(page), await page.locator('textarea').first().waitFor()) },
    { name: 'card', go: async (page) => (await workspace(board)(page), await page.locator('.card').first().focus(), await page.keyboard.press('Enter'), await page.locator('.card-dialog').waitFor()) },
    { name: 'rows', go: workspace(board, 'Rows') },
    { name: 'call', go: workspace(board, 'Call') },
    { name: 'history', go: workspace(board, 'History') },
    { name: 'signals', go: workspace(board, 'Signals') },
    { name: 'people', go: workspace(board, 'People') },
    { name: 'activity', go: workspace(board, 'Activity') },
    { name: 'cluster', go: async (page) => (await at(page, '#/cluster'), await page.locator('.nodes tbody tr').first().waitFor()) },
    { name: 'no-workspace', go: async (page) => (await at(page, '#/w/nothing-of-this-name'), await page.getByRole('heading', { name: 'There is no such workspace' }).waitFor()) },
    { name: 'lost', go: async (page) => (await at(page, '#/elsewhere'), await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()) },
    { name: 'shortcuts', go: async (page) => (await at(page, ''), await page.locator('.workspace').first().waitFor(), await page.keyboard.press('?'), await page.locator('.shortcuts').waitFor()) },
    { name: 'menu', go: async (page) => (await at(page, ''), await page.locator('.workspace').first().waitFor(), await page.locator('.who summary').click(), await page.locator('.who .menu').waitFor()) },
  ];
}

/** What somebody sees who is not signed in. */
export function strangersViews({ url, board }) {
  const at = (hash, heading) => async (page) => {
    await page.goto('about:blank');
    await page.goto(`${url}/${hash}`);
    await page.getByRole('heading', { name: heading }).first().waitFor();
  };
  return [
    { name: 'sign-in', go: at('', /./) },
    { name: 'join', go: at(`#join=${board}:not-a-token`, /./) },
  ];
}
