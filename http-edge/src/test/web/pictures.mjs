// Pictures of every view, wide in light and dark and on a phone: node pictures.mjs URL FOLDER [SOURCE [NAME…]], of a development server at URL.
// With SOURCE, a folder as src/main/resources/web, files of the page come from there and not from the server; with NAMEs only these views.
// SKEIN_TEST_CHROMIUM: the browser's program.

import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { launch } from './stage.js';
import { pretendCluster, scene, strangersViews, views } from './views.js';

const [url, folder, source, ...names] = process.argv.slice(2);
if (!folder) throw new Error('node pictures.mjs URL FOLDER [SOURCE [NAME…]]');

const SHAPES = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light', isMobile: true, hasTouch: true },
};
/** Enough answers of the cluster for its charts to have a shape. */
const FED_MS = 9_000;

/** The page's own files, and the client library's beside the page, from the source. */
async function fromSource(context) {
  const library = path.resolve(source, '../../../../client/src');
  await context.route(`${url}/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    const file = name.startsWith('skein/') ? path.join(library, name.slice(6)) : path.join(source, name);
    return existsSync(file) && /\.(html|js|css|svg)$/.test(file) ? route.fulfill({ path: file }) : route.fallback();
  });
}

async function paint(page, shape, all) {
  for (const { name, go } of all) {
    if (names.length && !names.includes(name)) continue;
    await go(page);
    if (name.startsWith('cluster')) await page.waitForTimeout(FED_MS);
    await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity).map((each) => each.finished)));
    await page.screenshot({ path: path.join(folder, `${name}-${shape}.png`), fullPage: name.startsWith('cluster') || shape === 'phone' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) console.log(`${name}-${shape}: ${wide} px wider than the window`);
  }
}

mkdirSync(folder, { recursive: true });
// A page that comes from a file is of no address space, and would not be let to the server's socket.
const browser = await launch(chromium, ['--disable-features=LocalNetworkAccessChecks']);
try {
  for (const [shape, options] of Object.entries(SHAPES)) {
    const prepare = async (context) => { if (source) await fromSource(context); };
    const world = await scene(browser, url, { ...options, prepare });
    const { person } = world;
    await paint(person.page, shape, views(world));
    await pretendCluster(person.page);
    await paint(person.page, shape, [{ ...views(world).find(({ name }) => name === 'cluster'), name: 'cluster-of-three' }]);
    const stranger = await browser.newContext(options);
    await prepare(stranger);
    await paint(await stranger.newPage(), shape, strangersViews(world));
    for (const complaint of person.complaints) console.log(`${shape}: ${complaint}`);
    await person.context.close();
    await stranger.close();
  }
} finally {
  await browser.close();
}
