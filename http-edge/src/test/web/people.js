// Persons in front of the page: each a browser context of its own, as a private window would be.

import assert from 'node:assert/strict';
import { complaintsOf } from './stage.js';

export class Person {
  constructor(name, context, page, url) {
    Object.assign(this, { name, context, page, url, complaints: complaintsOf(page) });
  }

  /** Somebody new, signed in; `at`: where, such as an invitation; `prepare(context)` runs before the page is there. */
  static async arrives(browser, name, url, at = '', { prepare, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 820 }, reducedMotion: 'reduce', ...options });
    // Pauses between attempts to connect are a random part of up to half a minute: here of a fifth of it.
    await context.addInitScript(() => { const random = Math.random; Math.random = () => random() / 5; });
    await prepare?.(context);
    const person = new Person(name, context, await context.newPage(), url);
    await person.page.goto(`${url}/${at}`);
    await person.page.getByLabel('Your name').fill(name);
    await person.page.getByRole('button', { name: 'Continue', exact: true }).click();
    return person;
  }

  async creates(module, name) {
    // The page before this one may still be there for a moment, with names of its own.
    const form = this.page.locator('form', { has: this.page.locator('select[name="module"]') });
    await form.getByLabel('Name', { exact: true }).fill(name);
    await form.locator('select[name="module"]').selectOption(module);
    await form.getByRole('button', { name: 'Create' }).click();
    await this.isLive();
    return new URL(this.page.url()).hash.replace('#/w/', '');
  }

  async opens(workspace) {
    await this.page.goto(`${this.url}/#/w/${workspace}`);
    await this.isLive();
  }

  async joins() {
    await this.page.getByRole('button', { name: 'Join' }).click();
    await this.isLive();
  }

  /** Within the longest pause between two attempts to connect, and then some. */
  isLive() { return this.page.locator('.status[data-state="live"]').waitFor({ timeout: 60_000 }); }

  /** An invitation's link. */
  async invites(role) {
    const { page } = this;
    await page.getByRole('combobox', { name: /^As/ }).selectOption(role);
    await page.getByRole('button', { name: 'Create link' }).click();
    const link = page.getByLabel('Invitation link');
    await link.waitFor();
    return new URL(await link.inputValue()).hash;
  }

  column(index) { return this.page.locator('.column').nth(index); }
  /** And not its picture under one's own hand. */
  card(title) { return this.page.locator('.card:not(.ghost)', { hasText: title }); }

  async adds(title, column = 0) {
    const add = this.column(column).getByRole('button', { name: 'Add a card' });
    const field = this.column(column).getByRole('textbox');
    await add.or(field).waitFor();
    if (await add.isVisible()) await add.click();
    await field.fill(title);
    await field.press('Enter');
  }

  /** Where it lies, and not where somebody else's hand holds it: that goes back once more before it lies there. */
  async seesCard(title, column) { await this.column(column).locator('.card:not(.ghost, .is-held)', { hasText: title }).waitFor(); }

  /** By mouse, in steps as a hand does it. */
  async drags(title, column) {
    await this.card(title).dragTo(this.column(column).locator('.cards'), { steps: 8 });
  }

  /** All cards by column, in the order shown. */
  board() {
    return this.page.locator('.column').evaluateAll((columns) => columns.map((column) => [...column.querySelectorAll('.card:not(.ghost) .title')].map((title) => title.textContent)));
  }

  hasNoComplaints() { assert.deepEqual(this.complaints, [], `${this.name}'s page`); }
}
