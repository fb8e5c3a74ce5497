// The second half of the story: rows with filters and in time, what differs, the hash chain, forms, signals, invitations, the list of workspaces.

import assert from 'node:assert/strict';
import { Person } from './people.js';
import { eventually } from './stage.js';

const MANY = 600;
const CHAIN = /\/history\/chain\?/;

/** `cast` answers { server, browser, ada, bob }, who both are signed in. */
export function historySteps(step, cast) {
  let server, browser, ada, bob, id;
  const titles = (person) => person.page.locator('tr[data-index] td:nth-child(2)').allTextContents();
  const tab = (person, name) => person.page.getByRole('tab', { name }).click();
  /** Calls without a form, as fast as the server takes them; answers the last seq. */
  const calls = (person, list) =>
    person.page.evaluate(async ([workspace, all]) => {
      const { client } = await import('/app/session.js');
      const own = client.workspace(workspace);
      await own.start();
      const done = await Promise.all(all.map(([reducer, args]) => own.call(reducer, args)));
      await own.stop();
      return done.at(-1).seq;
    }, [id, list]);
  const card = (name, column = 0, rank = 0) => ['add_card', { id: name, title: `Title of ${name}`, column, rank }];

  step('rows are filtered and sorted, and the address keeps it', async () => {
    ({ server, browser, ada, bob } = cast());
    await ada.page.getByRole('link', { name: 'Skein, all workspaces' }).click();
    id = await ada.creates('board', 'Ledger');
    await calls(ada, [card('milk'), card('bread', 1), card('milkshake', 2)]);
    await tab(ada, 'Rows');
    await eventually(() => titles(ada), ['Title of bread', 'Title of milk', 'Title of milkshake']);
    await ada.page.getByRole('button', { name: 'Filter' }).click();
    await ada.page.getByLabel('Column', { exact: true }).selectOption('title');
    await ada.page.getByLabel('Value', { exact: true }).fill('MILK');
    await ada.page.keyboard.press('Enter');
    await eventually(() => titles(ada), ['Title of milk', 'Title of milkshake']);
    await ada.page.getByRole('button', { name: /^column/ }).click();
    await ada.page.getByRole('button', { name: /^column/ }).click();
    await eventually(() => titles(ada), ['Title of milkshake', 'Title of milk']);
    await ada.page.reload();
    await ada.isLive();
    await eventually(() => titles(ada), ['Title of milkshake', 'Title of milk']);
    await ada.page.getByText('2 of 3 rows').waitFor();
    await ada.page.getByRole('button', { name: /Take away/ }).click();
    await eventually(() => titles(ada).then((all) => all.length), 3);
  });

  step('a row that somebody changes shows it in the colour of that person, and is seen whole', async () => {
    await bob.page.goto(`${server.url}/${await ada.invites('editor')}`);
    await bob.joins();
    const hue = await ada.page.locator('.people li', { hasText: 'Bob' }).locator('.avatar').evaluate((face) => face.style.getPropertyValue('--hue'));
    await calls(bob, [['edit_card', { id: 'milk', title: 'Oat milk' }]]);
    const row = ada.page.locator('tr[data-flash]', { hasText: 'Oat milk' });
    await row.waitFor();
    assert.equal(await row.evaluate((each) => each.style.getPropertyValue('--hue')), hue);
    await row.click();
    const dialog = ada.page.getByRole('dialog', { name: 'Row of card' });
    await dialog.getByText('Oat milk').waitFor();
    await calls(bob, [['edit_card', { id: 'milk', title: 'Soy milk' }]]);
    await dialog.getByText('Soy milk').waitFor();
    await ada.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  step('O3: the slider shows the state after any transaction, which stays as it was until one goes back to the present', async () => {
    const slider = ada.page.getByLabel('Transaction', { exact: true });
    await slider.fill('3');
    await ada.page.getByText('State after #3').waitFor();
    await ada.page.getByText('read-only').waitFor();
    await eventually(() => titles(ada).then((all) => all.sort()), ['Title of bread', 'Title of milk']);
    assert.match(ada.page.url(), /at=3/);
    await calls(bob, [card('later')]);
    await eventually(() => slider.getAttribute('aria-valuetext').then((text) => text.startsWith('#3 of ')), true);
    assert.equal((await titles(ada)).length, 2);
    await ada.page.reload();
    await ada.page.getByText('State after #3').waitFor();
    await ada.page.getByRole('button', { name: 'Live' }).click();
    await eventually(() => titles(ada).then((all) => all.sort()), ['Soy milk', 'Title of bread', 'Title of later', 'Title of milkshake']);
  });

  step('two states stand side by side, and what changed is marked', async () => {
    await tab(ada, 'History');
    await ada.page.getByLabel('After #', { exact: true }).fill('4');
    await ada.page.getByRole('button', { name: 'Compare' }).click();
    const milk = ada.page.locator('.diff-row[data-kind="update"]', { hasText: 'milk' });
    await milk.getByText('Soy milk').waitFor();
    assert.deepEqual(await milk.locator('tr[data-changed] th').allTextContents(), ['title']);
    assert.deepEqual(await milk.locator('tr[data-changed] td').allTextContents(), ['Title of milk', 'Soy milk']);
    await ada.page.locator('.diff-row[data-kind="insert"]', { hasText: 'Title of later' }).waitFor();
  });

  step('H1: the browser checks the hash chain itself, and one changed byte is found at its place', async () => {
    const check = (person) => person.page.getByRole('button', { name: 'Check the history' }).click();
    await check(ada);
    await ada.page.getByText(/^Whole, up to #\d+$/).waitFor();
    await ada.page.route(CHAIN, async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      const bytes = Buffer.from(answer.transactions[4].canonical, 'base64');
      bytes[bytes.length - 1] ^= 1;
      answer.transactions[4].canonical = bytes.toString('base64');
      await route.fulfill({ response, json: answer });
    });
    await check(ada);
    await ada.page.getByText('Broken at #5', { exact: true }).waitFor();
    await ada.page.getByText('#1 to #4 hold').waitFor();
    await ada.page.unroute(CHAIN);
    await tab(bob, 'History');
    await check(bob);
    await bob.page.getByText('Admins and owners may check the history').waitFor();
  });

  step('a form has a control for every type, and reads what was typed', async () => {
    const [filled, again] = await ada.page.evaluate(async () => {
      const { column, readAll, setAll } = await import('/app/args.js');
      const type = (name, of) => ({ name, type: of });
      const point = { record: { name: 'Point', columns: [type('x', 'double'), type('y', 'double')] } };
      const columns = [
        type('bool', 'bool'), type('int', 'int'), type('uint', 'uint'), type('long', 'long'), type('ulong', 'ulong'), type('double', 'double'), type('string', 'string'), type('bytes', 'bytes'),
        type('instant', 'instant'), type('identity', 'identity'), type('json', 'json'), type('enum', { enum: { name: 'Color', values: ['RED', 'BLUE'] } }), type('none', { optional: 'string' }),
        type('empty', { optional: 'string' }), type('list', { list: 'int' }), type('points', { list: point }), type('nested', point), { ...type('usual', 'int'), default: 7 },
      ];
      const values = {
        bool: true, int: -3, uint: 3, long: '9223372036854775807', ulong: 12, double: 0.5, string: 'a\nb', bytes: 'AAEC', instant: '2027-01-02T03:04:05.000Z', identity: 'ab'.repeat(32), json: { a: [1, null] },
        enum: 'BLUE', none: null, empty: '', list: [1, 2], points: [{ x: 1, y: 2 }], nested: { x: 0, y: -1.5 },
      };
      const controls = columns.map((each) => column(each, []));
      setAll(controls, values);
      return [{ ...values, usual: 7 }, readAll(controls)];
    });
    assert.deepEqual(again, filled);
    await tab(ada, 'Call');
    await ada.page.getByLabel('Reducer').selectOption('add_card');
    await ada.page.locator('.calls [name="id"]').fill('by-form');
    await ada.page.locator('.calls [name="title"]').fill('From the form');
    await ada.page.locator('.calls [name="rank"]').fill('0.5');
    await ada.page.locator('.calls [name="column"]').fill('1');
    await ada.page.getByRole('button', { name: 'Call', exact: true }).click();
    await ada.page.locator('.calls .result', { hasText: 'durable after' }).waitFor();
    await ada.page.getByRole('button', { name: 'What it changed' }).click();
    await ada.page.locator('.diff-row[data-kind="insert"]', { hasText: 'From the form' }).waitFor();
  });

  step('a signal reaches those who are here', async () => {
    await tab(bob, 'Signals');
    await tab(ada, 'Signals');
    await ada.page.locator('[name="signal"]').fill('wave');
    await ada.page.locator('[name="payload"]').fill('{"at":7}');
    await ada.page.getByRole('button', { name: 'Send' }).click();
    await bob.page.locator('.signals-seen li', { hasText: 'wave' }).getByText('{"at":7}').waitFor();
  });

  step('a long table has elements for the rows in sight only', async () => {
    await calls(ada, Array.from({ length: MANY }, (_, i) => card(`n${String(i).padStart(4, '0')}`)));
    await tab(ada, 'Rows');
    await ada.page.getByText(`${MANY + 5} rows`).waitFor();
    assert.ok((await ada.page.locator('tr[data-index]').count()) < 80);
    await ada.page.locator('tr[data-index]').first().press('End');
    await ada.page.locator(`tr[data-index="${MANY + 4}"]:focus`).waitFor();
    assert.ok((await ada.page.locator('tr[data-index]').count()) < 80);
  });

  step('M4: an invitation says what it is to, how much of it is left, and that it is not open any more', async () => {
    const link = await ada.invites('viewer');
    const open = ada.page.locator('.invites').first().locator('li', { hasText: 'viewer' });
    await open.getByText('1 use left').waitFor();
    await ada.page.getByText('As a QR code').click();
    await ada.page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    const dora = await Person.arrives(browser, 'Dora', server.url, link);
    await dora.page.getByText('Ledger').waitFor();
    await dora.page.getByRole('button', { name: 'Join as viewer' }).waitFor();
    await open.getByRole('button', { name: 'Revoke' }).click();
    await open.waitFor({ state: 'detached' });
    await dora.page.getByRole('button', { name: 'Join as viewer' }).click();
    await dora.page.getByRole('alert').getByText('invite_invalid').waitFor();
    await dora.page.reload();
    await dora.page.getByRole('heading', { name: 'This invitation is not open any more' }).waitFor();
    dora.hasNoComplaints();
    await dora.context.close();
  });

  step('the list is searched; a workspace is renamed, and deleted once its name is typed', async () => {
    await ada.page.getByRole('link', { name: 'Skein, all workspaces' }).click();
    await ada.page.getByLabel('Search workspaces').fill('ledg');
    await eventually(() => ada.page.locator('.workspace').count(), 1);
    await ada.page.getByLabel('More of Ledger').click();
    await ada.page.getByRole('button', { name: 'Rename' }).click();
    await ada.page.getByLabel('New name').fill('Ledger of old');
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await ada.page.getByLabel('More of Ledger of old').click();
    await ada.page.getByRole('button', { name: 'Delete' }).click();
    await ada.page.getByLabel('Type its name').fill('Ledger');
    await ada.page.getByRole('button', { name: 'Delete for ever' }).click();
    assert.equal(await ada.page.getByRole('dialog').count(), 1); // that is not its name
    await ada.page.getByLabel('Type its name').fill('Ledger of old');
    await ada.page.getByRole('button', { name: 'Delete for ever' }).click();
    await eventually(() => ada.page.locator('.workspace').count(), 0);
    await bob.page.getByRole('alert').first().waitFor();
  });

  step('an expired token is told; the identity of a good one is shown before it is used', async () => {
    const token = await ada.page.evaluate(() => JSON.parse(localStorage.getItem('skein.identity')).token);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await page.getByText('I have a token').click();
    await page.getByLabel('Token').fill(`e30.${Buffer.from('{"exp":1}').toString('base64url')}.AA`);
    await page.getByRole('button', { name: 'Whose is it?' }).click();
    await page.getByRole('alert').getByText('this token expired at').waitFor();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Whose is it?' }).click();
    await page.getByRole('button', { name: 'Continue with this token' }).click();
    await page.getByRole('link', { name: /Launch plan/ }).waitFor();
    await context.close();
  });
}
