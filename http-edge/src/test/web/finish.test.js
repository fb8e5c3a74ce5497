// What holds in every view: readable by everybody, in light and dark, on a phone, by keyboard alone.

import './cluster.test.js'; // in the same process, so with the same server and browser
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { place } from './place.js';
import { complaintsOf, eventually, story } from './stage.js';
import { pretendCluster, scene, strangersViews, views } from './views.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

let world;

before(async () => {
  const { server, browser } = await place();
  world = await scene(browser, server.url, { viewport: WIDE, colorScheme: 'light' });
});

const step = story(() => [world?.person].filter(Boolean));

/** What the accessibility checker takes for serious, as "rule: elements". Rules: only these, null all. */
async function violations(page, rules = null) {
  await page.evaluate(AXE);
  return page.evaluate(async (only) => {
    const { violations: found } = await globalThis.axe.run(document, { resultTypes: ['violations'], ...(only && { runOnly: only }) });
    return found.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`).join(' | ')}`);
  }, rules);
}

/** The system's theme is another. */
async function turns(page, colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.waitForFunction((theme) => document.documentElement.dataset.theme === theme, colorScheme);
}

/** In light and dark, and on a phone: nothing serious, and nothing wider than the window. */
async function holdsEverywhere(page) {
  assert.deepEqual(await violations(page), [], 'light');
  await turns(page, 'dark');
  assert.deepEqual(await violations(page, ['color-contrast']), [], 'dark');
  await turns(page, 'light');
  await page.setViewportSize(PHONE);
  await page.evaluate(() => new Promise(requestAnimationFrame));
  const beyond = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    return wide <= 0 ? [] : [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((each) => `${each.tagName}.${each.className}`);
  });
  assert.deepEqual(beyond, [], 'phone');
  await page.setViewportSize(WIDE);
}

// The same names whatever the scene is; that is only there once the tests run.
for (const { name } of views({})) {
  test(`${name}: everybody can read it, in light and dark, and on a phone`, async () => {
    const { page } = world.person;
    await page.setViewportSize(WIDE); // whatever the one before left
    await turns(page, 'light');
    await views(world).find((view) => view.name === name).go(page);
    await holdsEverywhere(page);
    world.person.hasNoComplaints();
  });
}

test('cluster of three: everybody can read it', async () => {
  const { page } = world.person;
  const stop = await pretendCluster(page);
  await views(world).find((view) => view.name === 'cluster').go(page);
  await page.getByText('1 of them silent').waitFor();
  await holdsEverywhere(page).finally(stop);
});

test('without an identity: everybody can read it', async () => {
  const { browser } = await place();
  const context = await browser.newContext({ viewport: WIDE, colorScheme: 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  for (const { go } of strangersViews(world)) {
    await go(page);
    await holdsEverywhere(page);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

const focused = (page) => page.evaluate(() => {
  const element = document.activeElement.cloneNode(true);
  for (const unread of element.querySelectorAll('[aria-hidden="true"]')) unread.remove();
  return element.getAttribute('aria-label') || element.textContent.trim();
});
const home = (page) => views(world)[0].go(page);

step('by keyboard: the way in is skip link, places, settings; a skip does not leave the page; the focus can be seen', async () => {
  const { page } = world.person;
  await home(page);
  await page.getByRole('navigation').getByRole('link', { name: 'Cluster' }).waitFor();
  const way = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab');
    way.push(await focused(page));
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outline);
    assert.match(outline, /solid 2px/, way.at(-1));
  }
  assert.deepEqual(way, ['Skip to the content', 'Skein, all workspaces', 'Workspaces', 'Cluster', 'Keyboard shortcuts', 'You: Ada']);
  await page.keyboard.press('Enter');
  await page.locator('.who .menu').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.value), 'system');
  await page.keyboard.press('Escape');
  await eventually(() => page.locator('.who .menu').isVisible(), false);
  assert.equal(await focused(page), 'You: Ada');
  await page.locator('.skip').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  assert.equal(new URL(page.url()).hash, '');
});

step('by keyboard: a list of the keys, and places by two keys, unless somebody types or wants none', async () => {
  const { page } = world.person;
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await home(page);
  await page.getByRole('navigation').getByRole('link', { name: 'Workspaces' }).focus();
  await page.keyboard.press('?');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await eventually(() => list.count(), 0);
  assert.equal(await focused(page), 'Workspaces');
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('heading', { name: 'Cluster', exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByLabel('Name', { exact: true }).pressSequentially('gc?');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'gc?');
  assert.equal(await list.count(), 0);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await list.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await eventually(() => list.count(), 0);
  await page.keyboard.press('?');
  assert.equal(await list.count(), 0);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await list.getByRole('checkbox').check();
  await page.keyboard.press('Escape');
});

step('a theme that was chosen is there before anything is drawn, after a reload and in other tabs; the system’s comes back', async () => {
  const { page, context } = world.person;
  await home(page);
  const ground = (of) => of.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground(page);
  const other = await context.newPage();
  await other.goto(`${world.url}/`);
  await other.locator('.workspace').first().waitFor();
  await page.locator('.who summary').click();
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  const dark = await ground(page);
  assert.notEqual(dark, light);
  await eventually(() => ground(other), dark);
  await context.route('**/app.js', (route) => route.abort()); // what comes late must not be needed
  await page.reload();
  assert.equal(await ground(page), dark);
  await context.unroute('**/app.js');
  await home(page);
  await page.locator('.who summary').click();
  assert.equal(await page.getByRole('radio', { name: 'Dark' }).isChecked(), true);
  await page.getByRole('radio', { name: 'System' }).check({ force: true });
  assert.equal(await ground(page), light);
  await turns(page, 'dark');
  assert.equal(await ground(page), dark);
  await turns(page, 'light');
  await other.close();
});

step('without a network a line says so, and goes', async () => {
  const { page, context } = world.person;
  await home(page);
  assert.equal(await page.getByText('You are offline.').isVisible(), false);
  await context.setOffline(true);
  await page.getByText('You are offline.').waitFor();
  await context.setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'hidden' });
});

step('what takes its time shows an outline of what is to come', async () => {
  const { page } = world.person;
  let go = () => {};
  const held = new Promise((resolve) => (go = resolve));
  await page.route(`**/v1/workspaces/${world.board}`, async (route) => {
    await held;
    await route.continue();
  });
  await page.evaluate((to) => (location.hash = to), `#/w/${world.board}`);
  await page.locator('.skeleton.is-open').waitFor();
  go();
  await world.person.isLive();
  assert.equal(await page.locator('.skeleton').count(), 0);
  assert.equal(await page.title(), 'Launch plan – Skein');
  await page.unroute(`**/v1/workspaces/${world.board}`);
});

step('messages: the same again is counted, four at a time, and none goes while somebody points at it', async () => {
  const page = await world.person.context.newPage();
  await page.clock.install();
  await page.goto(`${world.url}/`);
  await page.locator('.workspace').first().waitFor();
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
  const toast = (text) => page.evaluate(async (says) => (await import('/app/ui.js')).toast(says), text);
  for (const text of ['one', 'two', 'two', 'three', 'four', 'five']) await toast(text);
  const shown = () => page.locator('.toast').evaluateAll((all) => all.map((each) => [...each.querySelectorAll('span, small')].map((part) => part.textContent).join(' ')));
  assert.deepEqual(await shown(), ['two ×2', 'three', 'four', 'five']);
  await page.locator('.toast').nth(1).hover();
  await page.clock.runFor(10_000);
  assert.deepEqual(await shown(), ['three']);
  await page.mouse.move(0, 0);
  await page.clock.runFor(5_000);
  assert.deepEqual(await shown(), []);
  await page.close();
});
