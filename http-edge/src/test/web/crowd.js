// A workflow of many nodes with people at work on it, and how many pictures a second the page draws meanwhile.

const STEP = { x: 200, y: 150 };

/** import_workflow_snapshot's two lists: rows of ten columns, each node connected with the next. */
function largeWorkflow(count, columns = 25) {
  const nodes = Array.from({ length: count }, (_, i) => ({
    nodeId: `n${i}`,
    type: ['start', 'agent', 'tool', 'condition'][i % 4],
    positionJson: JSON.stringify({ x: (i % columns) * STEP.x, y: Math.floor(i / columns) * STEP.y }),
    dataJson: JSON.stringify({ label: `Agent ${i}`, prompt: 'x'.repeat(200) }),
  }));
  const edges = nodes.slice(1).map(({ nodeId }, i) => ({ edgeId: `e${i}`, source: nodes[i].nodeId, target: nodeId, handlesJson: '{}', dataJson: '{}' }));
  return { nodes, edges };
}

/** Somebody with an identity of its own, who speaks HTTP: { identity, token, request(method, path, body) }. */
export async function somebody(url) {
  const request = async (method, path, body, token) => {
    const response = await fetch(url + path, { method, headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, body: body && JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { identity, token } = await request('POST', '/v1/identity', {});
  return { identity, token, request: (method, path, body) => request(method, path, body, token) };
}

/** A studio with a workflow of many nodes; answers { workspace, workflow, join(person, name) }. */
export async function largeStudio(owner, count) {
  const { id: workspace } = await owner.request('POST', '/v1/workspaces', { module: 'studio', name: 'Large', displayName: 'Owner' });
  const call = (person, reducer, args) => person.request('POST', `/v1/workspaces/${workspace}/calls/${reducer}`, args);
  await call(owner, 'create_workspace', { id: 'home', name: 'Large', display_name: 'Owner' });
  const { nodes, edges } = largeWorkflow(count);
  const now = new Date().toISOString();
  await call(owner, 'import_workflow_snapshot', { workflow_id: 'large', workspace_id: 'home', name: 'Large', nodes_json: JSON.stringify(nodes), edges_json: JSON.stringify(edges), ui_state_json: '{}', created_at: now, updated_at: now, last_modified_by: 'Owner' });
  await call(owner, 'create_invite', { workspace_id: 'home', token_hash: 'for-the-crowd' });
  const join = (person, name) => call(person, 'join_workspace', { token_hash: 'for-the-crowd', display_name: name });
  return { workspace, workflow: 'large', join };
}

/** Opens as many pages as there are lists of nodes; in each somebody else edits without end. Answers their pages. */
export async function crowdAt(context, url, { workspace, workflow, join }, lists) {
  const pages = [];
  for (const [i, ids] of lists.entries()) {
    const person = await somebody(url);
    await join(person, `Other ${i + 1}`);
    const page = await context.newPage();
    await page.goto(`${url}/icon.svg`);
    await page.evaluate(editWithoutEnd, { token: person.token, workspace, workflow, ids, name: `Other ${i + 1}` });
    pages.push(page);
  }
  return pages;
}

/**
 * In a page of the same origin, which draws nothing: moves nodes of the workflow and a hand, 20 times a second each, until it is closed.
 * @param {{ token: string, workspace: string, workflow: string, ids: string[], name: string }} what
 */
async function editWithoutEnd({ token, workspace: id, workflow, ids, name }) {
  const { connect } = await import('/skein/index.js');
  const workspace = connect(location.origin, { token: () => token }).workspace(id);
  workspace.subscribe([{ table: 'workflow', where: ['=', 'id', workflow] }]);
  await workspace.start();
  await new Promise((resolve) => {
    const stop = workspace.connection.subscribe(() => {
      if (workspace.state !== 'live') return;
      stop();
      resolve();
    });
  });
  window.edits = 0;
  let turn = 0;
  setInterval(() => {
    turn++;
    const nodeId = ids[Math.floor(turn / 40) % ids.length];
    const at = { x: (Number(nodeId.slice(1)) % 25) * 200 + Math.round(60 * Math.sin(turn / 6)), y: Math.floor(Number(nodeId.slice(1)) / 25) * 150 + Math.round(40 * Math.cos(turn / 6)) };
    workspace.presence.set({ name, at: { in: workflow, ...at, selected: [nodeId], holds: true } });
    workspace.call('apply_workflow_ops', { workflow_id: workflow, ops_json: JSON.stringify([{ op: 'upsert_node', nodeId, positionJson: JSON.stringify(at) }]), display_name: name }).then(() => window.edits++, (error) => console.error(error.message));
  }, 50);
}

/** In the page: notes when each picture is drawn. */
export function noteFrames() {
  window.frames_ = [];
  const note = (now) => {
    window.frames_.push(now);
    window.noting = requestAnimationFrame(note);
  };
  window.noting = requestAnimationFrame(note);
}

/** In the page: what noteFrames noted. */
export function notedFrames() {
  cancelAnimationFrame(window.noting);
  return window.frames_;
}

/** Pictures in each second, of windows of half a second: { p50, p5, longestMs }. */
export function framesPerSecond(times) {
  const windowMs = 500;
  const rates = [];
  let first = 0;
  for (let i = 1; i < times.length; i++) {
    while (times[i] - times[first] > windowMs) first++;
    if (times[i] - times[0] >= windowMs && i > first) rates.push(((i - first) * 1_000) / (times[i] - times[first]));
  }
  rates.sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  const at = (part) => Math.round(rates[Math.floor(part * (rates.length - 1))] * 10) / 10;
  return { p50: at(0.5), p5: at(0.05), longestMs: Math.round(Math.max(...gaps)), frames: times.length };
}

/** Moves the mouse in circles for as long, as fast as the browser takes it. */
export async function circle(page, from, radius, ms) {
  const end = Date.now() + ms;
  for (let i = 0; Date.now() < end; i++) await page.mouse.move(from.x + radius * Math.sin(i / 12), from.y + radius * (1 - Math.cos(i / 12)));
}
