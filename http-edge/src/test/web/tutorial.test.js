// docs/tutorial.md from "Two browsers" on. TutorialTest has written, tested and changed the module; CLASSPATH has it as it was written, SKEIN_TEST_CHANGED as it is after the change.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { Person } from './people.js';
import { Server } from './server.js';
import { launch, story } from './stage.js';

let server, browser, ada, bob;

before(async () => {
  const directory = mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'tutorial-'));
  const both = await Promise.allSettled([Server.start(directory), launch(chromium)]);
  [server, browser] = both.map((one) => one.value);
  for (const one of both) if (one.status === 'rejected') throw one.reason;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const step = story(() => [ada, bob].filter(Boolean));
const tab = (person, name) => person.page.getByRole('tab', { name, exact: true }).click();
const row = (person, id) => person.page.locator('#view-rows [role="row"], #view-rows tr').filter({ hasText: id });

async function calls(person, reducer, args) {
  const { page } = person;
  await tab(person, 'Call');
  await page.locator('select[name="reducer"]').selectOption(reducer);
  for (const [name, value] of Object.entries(args)) {
    const control = page.locator(`#view-calls [name="${name}"]`);
    if (value === true) await control.check();
    else await control.fill(value);
  }
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.locator('#view-calls .result').filter({ hasText: 'durable' }).waitFor();
}

step('two browsers share the list', async () => {
  ada = await Person.arrives(browser, 'Ada', server.url);
  await ada.creates('todo', 'Shopping');
  bob = await Person.arrives(browser, 'Bob', server.url, await ada.invites('editor'));
  await bob.joins();
  await calls(ada, 'add_item', { id: 'milk', text: 'Buy milk' });
  await tab(bob, 'Rows');
  await row(bob, 'Buy milk').filter({ hasText: /no$/ }).waitFor();
  await bob.page.locator('#view-activity').getByText('add_item').waitFor();
  await bob.page.locator('#view-activity').getByText('Ada').first().waitFor();
  await calls(bob, 'tick_item', { id: 'milk', done: true });
  await tab(ada, 'Rows');
  await row(ada, 'Buy milk').filter({ hasText: /yes$/ }).waitFor();
});

step('the module changes; both windows come back, and the rows that were there have the default', async () => {
  await server.stop();
  process.env.CLASSPATH = process.env.SKEIN_TEST_CHANGED;
  await server.start();
  await Promise.all([ada.isLive(), bob.isLive()]);
  await ada.page.reload();
  await row(ada, 'Buy milk').filter({ hasText: 'nobody' }).waitFor();
  await calls(ada, 'add_item', { id: 'eggs', text: 'Buy eggs' });
  await tab(ada, 'Rows');
  await row(ada, 'Buy eggs').waitFor();
  assert.equal(await row(ada, 'Buy eggs').filter({ hasText: 'nobody' }).count(), 0);
});

step('anybody with a token can call it; programs get its types', () => {
  const requests = process.env.SKEIN_TEST_REQUESTS.replaceAll('http://127.0.0.1:8080', server.url);
  const answer = execFileSync('sh', ['-c', requests], { encoding: 'utf8' });
  assert.match(answer, /"id":"bread","text":"Buy bread","done":false,"by":"[0-9a-f]{8}"/);
  const types = execFileSync(process.env.SKEIN_TEST_JAVA, ['io.skein.edge.Main', 'types', 'todo'], { encoding: 'utf8' });
  assert.match(types, /by: string/);
});
