// One server and one browser for all test files of a process.

import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { Server } from './server.js';
import { launch } from './stage.js';

const directory = mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'place-'));
const both = await Promise.allSettled([Server.start(directory), launch(chromium)]);
const [serverOrNot, browserOrNot] = both.map((one) => one.value);

after(async () => {
  await browserOrNot?.close();
  await serverOrNot?.stop();
});

// Where one does not start, the other is ended all the same, by the hook above.
const broken = both.find((one) => one.status === 'rejected');
export const place = async () => {
  if (broken) throw broken.reason;
  return { server: serverOrNot, browser: browserOrNot };
};
