// The page for operators, mostly over answers made here: a cluster of three does what a test wants only where it is not real.

import assert from 'node:assert/strict';
import { before } from 'node:test';
import { complaintsOf, eventually, story } from './stage.js';
import { place } from './place.js';
import { clusterOf, pretendCluster, scene } from './views.js';

const SECOND_MS = 1_000;
const START = new Date('2026-03-01T10:00:00Z');

let world, operator;

before(async () => {
  const { server, browser } = await place();
  world = await scene(browser, server.url);
});

const step = story(() => [world?.person, operator].filter(Boolean));

/** A page of the same person whose time stands still, and one second at a time; `asked()`: how often it asked for the cluster. */
async function standing(answer) {
  const page = await world.person.context.newPage();
  const complaints = complaintsOf(page);
  let asked = 0;
  await page.clock.install({ time: START });
  await pretendCluster(page, (turn) => {
    asked++;
    return answer(turn);
  });
  const hasNoComplaints = () => assert.deepEqual(complaints, [], 'the page of the cluster');
  operator = { name: 'operator', page, hasNoComplaints };
  await page.goto(`${world.url}/`);
  await page.locator('.workspace').first().waitFor();
  await page.clock.pauseAt(new Date(START.getTime() + 3_600_000));
  await page.evaluate(() => (location.hash = '#/cluster'));
  await eventually(() => asked, 1);
  return {
    page,
    asked: () => asked,
    /** So many seconds go by, each with its question and what is drawn of the answer. */
    after: async (seconds) => {
      for (let i = 0; i < seconds; i++) {
        const heard = page.waitForEvent('requestfinished', { predicate: (request) => request.url().endsWith('/v1/cluster'), timeout: 5_000 }).catch(() => null);
        await page.clock.runFor(SECOND_MS);
        await heard;
        await page.clock.runFor(20);
      }
    },
    close: async () => {
      hasNoComplaints();
      operator = null;
      await page.close();
    },
  };
}

const figure = (page, key) => page.locator(`.tile[data-figure="${key}"] dd`);
const chart = (page, name) => page.getByRole('figure', { name });
const paths = (page, name, line) => chart(page, name).locator(`.chart-path[data-line="${line}"]`).evaluateAll((all) => all.map((each) => each.getAttribute('d')));

step('an operator finds the page in the header; the real node tells what it does, and leads to the workspace that it does it for', async () => {
  const { page } = world.person;
  await page.getByRole('navigation').getByRole('link', { name: 'Cluster' }).click();
  await page.getByRole('heading', { name: 'Cluster', exact: true }).waitFor();
  await eventually(() => page.locator('.nodes tbody tr').count(), 1);
  assert.equal(await page.title(), 'Cluster – Skein');
  assert.equal(await page.locator('.node-status').textContent(), 'up');
  assert.ok(await page.getByText('One node, and no other').isVisible());
  assert.notEqual(await figure(page, 'workspaces').textContent(), '0');
  assert.equal(await page.getByRole('navigation').getByRole('link', { name: 'Cluster' }).getAttribute('aria-current'), 'page');
  await page.getByRole('link', { name: world.board }).click();
  await world.person.isLive();
});

step('three nodes, one of them silent: figures of all, or of one', async () => {
  const { page, after, close } = await standing(clusterOf);
  await after(2);
  const { nodes } = clusterOf(2);
  const sum = nodes[0].report.sessions + nodes[1].report.sessions;
  assert.equal(await figure(page, 'sessions').textContent(), String(sum));
  assert.equal(await page.getByText('3 nodes, 1 of them silent').count(), 1);
  assert.equal(await page.locator('tr[data-node="pekko://skein@10.0.0.3:25520"] .node-status').textContent(), 'unreachable');
  assert.equal(await page.getByText('One node, and no other').isVisible(), false);
  await page.locator('tr[data-node="pekko://skein@10.0.0.2:25520"]').getByRole('button', { name: '10.0.0.2:25520', exact: true }).click();
  assert.equal(await figure(page, 'sessions').textContent(), String(nodes[1].report.sessions));
  assert.equal(await page.getByLabel('Charts of').inputValue(), nodes[1].address);
  await page.getByLabel('Charts of').selectOption('All nodes');
  assert.equal(await figure(page, 'sessions').textContent(), String(sum));
  await close();
});

step('a node that falls silent leaves a gap in its line, and is told since when', async () => {
  const silentFrom = 3; // for less than would part two points by itself
  const { page, after, close } = await standing((turn) => {
    const answer = clusterOf(turn);
    if (turn >= silentFrom && turn < silentFrom + 2) answer.nodes[1].report = null;
    return answer;
  });
  await after(silentFrom);
  const row = page.locator('tr[data-node="pekko://skein@10.0.0.2:25520"]');
  assert.match(await row.textContent(), /silent since/);
  await after(6);
  assert.doesNotMatch(await row.textContent(), /silent since/);
  assert.equal((await paths(page, 'Commits by node', 0)).length, 1);
  assert.equal((await paths(page, 'Commits by node', 1)).length, 2);
  await close();
});

step('a chart tells its values to the pointer and to the arrow keys; its lines can be turned off', async () => {
  const { page, after, close } = await standing(clusterOf);
  await after(9);
  const fanOut = chart(page, 'Fan-out');
  const reader = fanOut.getByRole('slider');
  const at = (turn) => {
    const [one, two] = clusterOf(turn).nodes;
    return Math.max(one.report.fanOut.last10s.p99Millis, two.report.fanOut.last10s.p99Millis).toFixed(2).replace(/\.?0+$/, '');
  };
  assert.ok((await reader.getAttribute('aria-valuetext')).includes(`p99 ${at(9)} ms`));
  const shows = async (turn) => {
    await page.clock.runFor(20);
    assert.ok((await reader.getAttribute('aria-valuetext')).includes(`p99 ${at(turn)} ms`), await reader.getAttribute('aria-valuetext'));
    assert.equal(await fanOut.locator('[data-key="fanOut99"] .chart-value').textContent(), `${at(turn)} ms`);
  };
  await reader.press('Home');
  await shows(0);
  assert.equal(await fanOut.locator('.chart-mark circle').count(), 2);
  await reader.press('ArrowRight');
  await shows(1);
  await after(2); // what is read stays where it is while time goes on
  await shows(1);
  await reader.press('Escape');
  await shows(11);
  const { x, y, width } = await reader.boundingBox();
  await page.mouse.move(x + 45, y + 60);
  await shows(0);
  await page.mouse.move(x + width - 9, y + 60);
  await shows(11);
  await fanOut.getByRole('button', { name: /p99/ }).click();
  await page.clock.runFor(20);
  assert.deepEqual([(await paths(page, 'Fan-out', 0)).length, (await paths(page, 'Fan-out', 1)).length], [1, 0]);
  await close();
});

step('a server that is away is asked on; since when is told, and nothing is made up for that time', async () => {
  const { page, after, close } = await standing((turn) => (turn >= 3 && turn < 9 ? null : clusterOf(turn)));
  await after(2);
  const banner = page.getByRole('alert');
  assert.equal(await banner.count(), 0);
  const failed = async (seconds) => {
    for (let i = 0; i < seconds; i++) {
      const heard = page.waitForEvent('requestfailed');
      await page.clock.runFor(SECOND_MS);
      await heard;
    }
  };
  await failed(6);
  await banner.getByText('No answer since').waitFor();
  assert.match(await banner.textContent(), /, [45] s\. It is asked again/);
  assert.notEqual(await figure(page, 'sessions').textContent(), '–');
  await after(3);
  await eventually(() => banner.count(), 0);
  assert.equal((await paths(page, 'Throughput', 0)).length, 2);
  await close();
});

step('nothing is asked by a hidden tab, nor once the view was left', async () => {
  const { page, asked, after, close } = await standing(clusterOf);
  await after(2);
  assert.equal(asked(), 3);
  const hide = (hidden) => page.evaluate((now) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await hide(true);
  await page.clock.runFor(10 * SECOND_MS);
  assert.equal(asked(), 3);
  await hide(false);
  await eventually(asked, 4);
  await page.evaluate(() => (location.hash = '#'));
  await page.getByRole('heading', { name: 'Workspaces' }).waitFor();
  await page.clock.runFor(10 * SECOND_MS);
  assert.equal(asked(), 4);
  await close();
});

step('whoever is no operator has no link, is told what is needed, and asks no more', async () => {
  const body = { type: 'urn:skein:error:forbidden', title: '', status: 403, code: 'forbidden', detail: 'this is for operators' };
  await world.person.context.route('**/v1/identity', (route) => route.fulfill({ json: { identity: 'a', issuer: 'skein', subject: 'a', expiresAt: null, operator: false } }));
  const { page, asked, close } = await standing(() => ({ status: 403, body }));
  await page.getByRole('heading', { name: 'This is for operators' }).waitFor();
  await page.getByText('skein:operator').waitFor();
  await page.clock.runFor(5 * SECOND_MS);
  assert.equal(asked(), 1);
  assert.deepEqual(await page.getByRole('navigation').first().getByRole('link').allTextContents(), ['Workspaces']);
  await world.person.context.unroute('**/v1/identity');
  await close();
});

step('five minutes are kept and no more, however often somebody asks; a clock that is set back begins anew', async () => {
  const kept = await world.person.page.evaluate(async (answer) => {
    const { ClusterLog } = await import('/app/cluster-log.js');
    const lengths = (everyMs, turns) => {
      const log = new ClusterLog();
      for (let i = 0; i < turns; i++) log.add(answer, i * everyMs);
      const samples = log.series(['commits']);
      return [samples.length, samples.at(-1).at - samples[0].at];
    };
    const log = new ClusterLog();
    for (const at of [1_000, 2_000, 500]) log.add(answer, at);
    return [lengths(1_000, 1_000), lengths(10, 5_000), log.series(['commits']).map(({ at }) => at)];
  }, clusterOf());
  assert.deepEqual(kept, [[300, 299_000], [600, 5_990], [500]]);
});

step('axes end at round numbers', async () => {
  const ends = await world.person.page.evaluate(async () => (await import('/app/charts.js')).ceiling && [0, 0.03, 0.3, 1, 1.01, 7, 10, 12, 450, 1001].map((await import('/app/charts.js')).ceiling));
  assert.deepEqual(ends, [1, 0.05, 0.5, 1, 2, 10, 10, 20, 500, 2000]);
});
