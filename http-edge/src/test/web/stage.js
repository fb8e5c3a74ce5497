// What all stories in real browsers share: the browser, steps that follow from one another, patience, and a page's complaints.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/** What the browser itself says about answers that are no 200, and about a server that is away: pages show those. */
const EXPECTED = /^Failed to load resource|^WebSocket connection to/;

/** SKEIN_TEST_CHROMIUM: the program. */
export const launch = (chromium, flags = []) => chromium.launch({ executablePath: process.env.SKEIN_TEST_CHROMIUM, args: [...FLAGS, ...flags] });

/** Grows by the errors of the page itself: exceptions, violations of its content security policy, and what it logs as an error. */
export function complaintsOf(page, expected = EXPECTED) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

/**
 * A function that adds parts of a story as tests. Once one fails, the rest make no sense; what the persons (`name`, `page`,
 * `hasNoComplaints()`) see then is kept as pictures in SKEIN_TEST_DIRECTORY.
 */
export function story(persons) {
  let broken = null;
  return (name, body) => test(name, async (context) => {
    if (broken) return context.skip(`“${broken}” failed before`);
    try {
      await body(context);
      for (const person of persons()) person.hasNoComplaints();
    } catch (error) {
      broken = name;
      for (const person of persons()) await person.page.screenshot({ path: path.join(process.env.SKEIN_TEST_DIRECTORY, `${person.name}.png`) });
      throw error;
    }
  });
}

/** Until it is so; fails with what was there last. */
export async function eventually(actual, expected) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const last = await actual();
    try {
      assert.deepEqual(last, expected);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
