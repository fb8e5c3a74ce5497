// Persons in real browsers on the real server. One story in order: what a test finds is what the ones before it left.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { historySteps } from './history-story.js';
import { Person } from './people.js';
import { Server } from './server.js';
import { eventually, launch, story } from './stage.js';

const HOSTILE = '<img src=x onerror="document.title=\'taken\'"> & <b>"quotes"</b>';

let server, browser, ada, bob, cleo, workspace;

before(async () => {
  const directory = mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'page-'));
  const both = await Promise.allSettled([Server.start(directory), launch(chromium)]);
  [server, browser] = both.map((one) => one.value); // where one does not start, the other must be ended all the same
  for (const one of both) if (one.status === 'rejected') throw one.reason;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const step = story(() => [ada, bob, cleo].filter(Boolean));

step('a newcomer signs in, creates a board, and finds it again in the list', async () => {
  ada = await Person.arrives(browser, 'Ada', server.url);
  workspace = await ada.creates('board', 'Launch plan');
  await ada.page.getByRole('link', { name: 'Skein, all workspaces' }).click();
  await ada.page.getByRole('link', { name: /Launch plan/ }).click();
  await ada.isLive();
  assert.match(ada.page.url(), new RegExp(`#/w/${workspace}$`));
});

step('M4: an invitation makes a second person an editor; what one adds, the other sees', async () => {
  bob = await Person.arrives(browser, 'Bob', server.url, await ada.invites('editor'));
  await bob.joins();
  await ada.page.locator('.people').getByText('Bob').waitFor();
  await ada.adds('Write the post');
  await ada.adds('Ship it');
  await bob.seesCard('Write the post', 0);
  await bob.seesCard('Ship it', 0);
});

step('O2: a card that one drags moves for the other, by mouse and by keyboard', async () => {
  await bob.drags('Write the post', 1);
  await ada.seesCard('Write the post', 1);
  await ada.card('Write the post').press('Alt+ArrowRight');
  await bob.seesCard('Write the post', 2);
  await ada.adds('First', 2);
  await bob.seesCard('First', 2);
  await bob.card('First').press('Alt+ArrowUp');
  await eventually(() => ada.board(), [['Ship it'], [], ['First', 'Write the post']]);
});

step('P1: while one drags a card, the other sees whose hand has it and where; Escape puts it back', async () => {
  const { x, y, width, height } = await bob.card('Ship it').boundingBox();
  const to = await bob.column(1).locator('.cards').boundingBox();
  const before = await ada.board();
  await bob.page.mouse.move(x + width / 2, y + height / 2);
  await bob.page.mouse.down();
  await bob.page.mouse.move(to.x + 60, to.y + 10, { steps: 6 });
  await ada.column(1).locator('.card.is-held', { hasText: 'Ship it' }).getByText('Bob', { exact: true }).waitFor();
  await bob.page.keyboard.press('Escape');
  await ada.page.locator('.card.is-held').waitFor({ state: 'detached' });
  await bob.page.mouse.up();
  await eventually(() => ada.board(), before);
});

step('undo takes back a move and a removed card, redo does it again; the arrows go from card to card', async () => {
  const before = await ada.board();
  await ada.card('Ship it').focus();
  await bob.page.locator('.card', { hasText: 'Ship it' }).locator('.card-others').waitFor();
  await ada.page.keyboard.press('Alt+ArrowRight');
  await bob.seesCard('Ship it', 1);
  await ada.page.keyboard.press('Control+z');
  await eventually(() => bob.board(), before);
  await ada.page.keyboard.press('Control+Shift+z');
  await bob.seesCard('Ship it', 1);
  await ada.page.getByRole('button', { name: /^Undo/ }).click();
  await eventually(() => bob.board(), before);
  await ada.card('Ship it').focus();
  await ada.page.keyboard.press('ArrowRight');
  assert.match(await ada.page.evaluate(() => document.activeElement.textContent), /First/);
  await ada.page.keyboard.press('Enter');
  await ada.page.getByRole('button', { name: 'Remove card' }).click();
  await eventually(() => bob.board().then((board) => board[2]), ['Write the post']);
  // Bob may know before Ada's dialog has closed, and keys that are pressed in a dialog are not the board's.
  await ada.page.getByRole('dialog').waitFor({ state: 'hidden' });
  await ada.page.keyboard.press('Control+z');
  await eventually(() => bob.board(), before);
});

step('P4: each sees who is here, and a reload is nobody leaving', async () => {
  const faces = (somebody) => somebody.page.locator('.here .face').evaluateAll((all) => all.map((face) => face.getAttribute('aria-label')).sort());
  await eventually(() => faces(ada), ['Ada (you)', 'Bob']);
  await eventually(() => faces(bob), ['Ada', 'Bob (you)']);
  await bob.page.evaluate(() => {
    const here = document.querySelector('.here');
    window.fewest = 9;
    new MutationObserver(() => (window.fewest = Math.min(window.fewest, here.querySelectorAll('.face').length))).observe(here, { subtree: true, childList: true });
  });
  await ada.page.reload();
  await ada.isLive();
  await eventually(() => faces(ada), ['Ada (you)', 'Bob']);
  assert.ok((await bob.page.evaluate(() => window.fewest)) >= 2);
});

step('D1: a reload shows the same board', async () => {
  await ada.page.reload();
  await ada.isLive();
  await eventually(() => ada.board(), [['Ship it'], [], ['First', 'Write the post']]);
});

step('what somebody types is text, never markup', async () => {
  await bob.adds(HOSTILE, 1);
  await ada.column(1).getByText(HOSTILE, { exact: true }).waitFor();
  assert.equal(await ada.page.locator('.card img').count(), 0);
  await ada.card('onerror').press('Enter');
  await ada.page.getByRole('button', { name: 'Remove card' }).click();
  await eventually(() => bob.board().then((board) => board[1]), []);
  assert.match(await ada.page.title(), /^Launch plan/);
});

step('V2: a change that came meanwhile is not overwritten unseen', async () => {
  await ada.card('Ship it').press('Enter');
  await bob.card('Ship it').press('Enter');
  await bob.page.getByRole('textbox', { name: 'Title', exact: true }).fill('Ship it on Friday');
  await bob.page.getByRole('button', { name: 'Save' }).click();
  await ada.seesCard('Ship it on Friday', 0);
  await ada.page.getByRole('textbox', { name: 'Title', exact: true }).fill('Ship it on Monday');
  await ada.page.getByRole('button', { name: 'Save' }).click();
  await ada.page.getByRole('alert').getByText('conflict').waitFor();
  assert.deepEqual((await bob.board())[0], ['Ship it on Friday']);
  await ada.page.getByRole('button', { name: 'Save mine' }).click();
  await bob.seesCard('Ship it on Monday', 0);
});

step('remarks and a pointing finger reach the others', async () => {
  await bob.card('First').press('Enter');
  await bob.page.getByLabel('A remark').fill('On it');
  await bob.page.getByRole('button', { name: 'Remark' }).click();
  await bob.page.getByRole('button', { name: 'Point at it' }).click();
  await ada.card('First').getByLabel('1 remarks').waitFor();
  await ada.page.getByText('Bob points at “First”').waitFor();
  await bob.page.keyboard.press('Escape');
});

step('M1: somebody invited as a viewer sees everything and can change nothing', async () => {
  cleo = await Person.arrives(browser, 'Cleo', server.url, await ada.invites('viewer'));
  await cleo.joins();
  await cleo.seesCard('First', 2);
  assert.equal(await cleo.page.getByRole('button', { name: 'Add a card' }).count(), 0);
  await cleo.drags('First', 0);
  await cleo.page.keyboard.press('Escape');
  await cleo.page.getByRole('tab', { name: 'Call' }).click();
  await cleo.page.getByLabel('Reducer').selectOption('remove_card');
  await cleo.page.locator('.calls [name="id"]').fill('whatever');
  await cleo.page.getByRole('button', { name: 'Call', exact: true }).click();
  await cleo.page.getByRole('alert').getByText('forbidden').waitFor();
  await eventually(() => ada.board(), [['Ship it on Monday'], [], ['First', 'Write the post']]);
  await cleo.page.getByRole('tab', { name: 'Board' }).click();
});

step('M3: a new role counts at once, on every open page', async () => {
  const roleOfCleo = ada.page.getByLabel('Role of Cleo');
  await roleOfCleo.selectOption('editor');
  await cleo.adds('Now I may');
  await ada.seesCard('Now I may', 0);
  await roleOfCleo.selectOption('viewer');
  await eventually(() => cleo.page.getByRole('button', { name: 'Add a card' }).count(), 0);
});

step('D2, I1: a killed server loses nothing, and what was typed meanwhile is done once', async () => {
  const before = await ada.board();
  await server.kill();
  await ada.page.locator('.status[data-state="waiting"]').waitFor();
  await ada.adds('Typed in the dark');
  await server.start();
  await ada.isLive();
  await bob.isLive();
  await bob.adds('After the storm', 1);
  const expected = [[...before[0], 'Typed in the dark'], ['After the storm'], before[2]];
  for (const person of [ada, bob, cleo]) await eventually(() => person.board(), expected);
});

step('M3: whoever is removed is told so', async () => {
  ada.page.once('dialog', (dialog) => dialog.accept());
  await ada.page.locator('.people li', { hasText: 'Cleo' }).getByRole('button', { name: 'Remove' }).click();
  await cleo.page.getByRole('heading', { name: 'You are no longer part of this workspace' }).waitFor();
});

step('a stranger is told why a private workspace does not open', async () => {
  const stranger = await Person.arrives(browser, 'Stranger', server.url);
  await stranger.page.getByRole('heading', { name: 'Workspaces', exact: true }).waitFor();
  await stranger.page.goto(`${server.url}/#/w/${workspace}`);
  await stranger.page.getByRole('alert').locator('code').waitFor();
  stranger.hasNoComplaints();
  await stranger.context.close();
});

step('a graph: a node that one drags moves for the other', async () => {
  await ada.page.getByRole('link', { name: 'Skein, all workspaces' }).click();
  const graph = await ada.creates('flow', 'Pipeline');
  await ada.page.getByRole('tab', { name: 'Call' }).click();
  const node = (id, x) => ({ id, name: id, type: 'demo.step', x, y: 0, parameters: {} });
  await ada.page.getByLabel('Reducer').selectOption('replace_graph');
  await ada.page.getByRole('button', { name: 'As JSON' }).click();
  const edges = [{ id: 'e', source: 'one', target: 'two', kind: 'main', output: 0, input: 0 }];
  await ada.page.locator('textarea[name="args"]').fill(JSON.stringify({ nodes: [node('one', 0), node('two', 300)], edges }));
  await ada.page.getByRole('button', { name: 'Call', exact: true }).click();
  await ada.page.getByText('durable after').waitFor();
  await ada.page.getByRole('tab', { name: 'Graph' }).click();
  const link = await ada.invites('editor');
  await bob.page.goto(`${server.url}/${link}`);
  await bob.joins();
  await bob.page.locator('.node').nth(1).waitFor();
  const edge = await bob.page.locator('.edge').getAttribute('d');
  const { x, y, width, height } = await ada.page.locator('.node[data-id="two"] .body').boundingBox();
  await ada.page.mouse.move(x + width / 2, y + height / 2);
  await ada.page.mouse.down();
  await ada.page.mouse.move(x + width / 2 - 100, y + height / 2 + 150, { steps: 10 });
  await ada.page.mouse.up();
  // At rest a node has no transform.
  const place = (person) => person.page.locator('.node[data-id="two"]').evaluate(({ style }) => `${style.left} ${style.top} ${style.transform}`);
  await eventually(() => place(ada).then((now) => now.endsWith('px ')), true);
  await eventually(() => place(bob), await place(ada));
  assert.notEqual(await place(ada), '300px 0px ');
  assert.notEqual(await bob.page.locator('.edge').getAttribute('d'), edge);
  await ada.page.locator('.canvas').press('Control+z');
  await eventually(() => place(bob), '300px 0px ');
  assert.notEqual(graph, workspace);
});

step('the page fits a phone', async () => {
  const phone = await Person.arrives(browser, 'Phone', server.url, '', { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
  await phone.creates('board', 'Small');
  await phone.adds('One');
  await phone.seesCard('One', 0);
  for (const name of ['Board', 'Rows', 'Call', 'History', 'Signals', 'People', 'Activity']) {
    await phone.page.getByRole('tab', { name }).click();
    assert.equal(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${name} is wider than the phone`);
  }
  phone.hasNoComplaints();
  await phone.context.close();
});

historySteps(step, () => ({ server, browser, ada, bob }));
