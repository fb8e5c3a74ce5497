// Measures: how many pictures a second the canvas of 500 nodes draws, panned and dragged, while two others move nodes and hands 20 times a second each.
//   SKEIN_TEST_CHROMIUM=/usr/bin/chromium node canvas-fps.js http://127.0.0.1:8080 [seconds of each]
// The server has to give away development identities. Everything runs on this machine: browser, others, server.

import { chromium } from 'playwright-core';
import { circle, crowdAt, framesPerSecond, largeStudio, notedFrames, noteFrames, somebody } from './crowd.js';
import { launch } from './stage.js';

const [url, seconds = '10'] = process.argv.slice(2);
const NODES = 500;

const browser = await launch(chromium);
try {
  const owner = await somebody(url);
  const studio = await largeStudio(owner, NODES);
  const context = await browser.newContext({ viewport: { width: 1360, height: 820 } });
  await context.addInitScript((kept) => localStorage.setItem('skein.identity', kept), JSON.stringify({ identity: owner.identity, token: owner.token, name: 'Owner' }));
  const page = await context.newPage();
  await page.goto(`${url}/#/w/${studio.workspace}/workflow/${studio.workflow}`);
  await page.waitForFunction((count) => document.querySelectorAll('.node').length === count, NODES);
  const others = await crowdAt(await browser.newContext(), url, studio, [['n57', 'n84', 'n211'], ['n55', 'n80', 'n130']]);
  await page.locator('.hand').nth(1).waitFor();
  const measure = async (what, from, radius, at = page) => {
    await at.bringToFront();
    await at.mouse.move(from.x, from.y);
    await at.mouse.down();
    await at.evaluate(noteFrames);
    await circle(at, from, radius, Number(seconds) * 1_000);
    const { p50, p5, longestMs } = framesPerSecond(await at.evaluate(notedFrames));
    await at.mouse.up();
    console.log(`${what}: p50 ${p50} frames per second, p5 ${p5}, longest pause ${longestMs} ms`);
  };
  const canvas = await page.locator('.canvas').boundingBox();
  const background = { x: canvas.x + 20, y: canvas.y + 120 };
  const nodeAt = async (id) => {
    const { x, y, width, height } = await page.locator(`.node[data-id="${id}"] .body`).boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  };
  await measure(`${NODES} nodes in view, panned`, background, 60);
  await measure(`${NODES} nodes in view, one dragged`, await nodeAt('n262'), 80);
  await page.locator('.canvas').press('Escape');
  await page.locator('.canvas').press('Escape');
  for (let i = 0; i < 5; i++) await page.locator('.canvas').press('+');
  await measure('names legible, panned', await nodeAt('n262').then(({ x, y }) => ({ x: x + 55, y: y + 10 })), 90);
  // What the machine allows at that time: a page that moves one plain surface with the pointer, and does nothing else.
  const plain = await context.newPage();
  await plain.setContent('<body style="margin:0;overflow:hidden"><div style="width:200vw;height:200vh;background:repeating-linear-gradient(45deg,#ccc 0 9px,#fff 9px 18px);will-change:transform"></div>');
  await plain.evaluate(() => addEventListener('pointermove', ({ clientX: x, clientY: y }) => { document.body.firstChild.style.transform = `translate(${x - 700}px, ${y - 400}px)`; }));
  await measure('reference, one plain surface panned', background, 60, plain);
  console.log(`edits of the others meanwhile: ${await Promise.all(others.map((other) => other.evaluate(() => window.edits)))}`);
} finally {
  await browser.close();
}
