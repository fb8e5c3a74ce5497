// Persons at the studio's canvas.

import { Person } from './people.js';

const PATIENCE_MS = 20_000;

/** In a page: where a node is in scene units, as its style says; at rest it has no transform. */
const PLACE_OF = () => {
  window.placeOf = ({ style: { left, top, transform } }) => {
    const [, dx = 0, dy = 0] = /translate\((.*)px, (.*)px\)/.exec(transform) ?? [];
    return `${parseFloat(left) + Number(dx)} ${parseFloat(top) + Number(dy)}`;
  };
};

export class Drawer extends Person {
  /** Frames that the page sent, by any of its sockets. */
  framesSent = [];

  /** Addresses that the page asked for. */
  requests = [];
  sockets = 0;

  listen() {
    this.page.setDefaultTimeout(PATIENCE_MS);
    this.page.on('request', (request) => this.requests.push(request.url()));
    this.page.on('websocket', () => this.sockets++);
    this.page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => this.framesSent.push(String(payload))));
    return this;
  }

  /** Somebody who signs in nowhere. */
  static async alone(context, url) {
    await context.addInitScript(PLACE_OF);
    const person = new Drawer('Alone', context, await context.newPage(), url).listen();
    await person.page.goto(url);
    return person;
  }

  /** Somebody new; or, with `like`, the same person in another browser. */
  static async arrives(browser, name, url, at = '', { like, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 820 }, reducedMotion: 'reduce', ...options });
    await context.addInitScript(() => {
      // Pauses between attempts to connect are a random part of up to half a minute: here of a tenth of it.
      const random = Math.random;
      Math.random = () => random() / 10;
      for (const event of ['click', 'pointermove', 'keydown']) addEventListener(event, () => { window.handMovedAt = Date.now(); }, true);
    });
    await context.addInitScript(PLACE_OF);
    if (like) {
      const identity = await like.page.evaluate(() => localStorage.getItem('skein.identity'));
      await context.addInitScript((kept) => localStorage.setItem('skein.identity', kept), identity);
    }
    const person = new Drawer(name, context, await context.newPage(), url).listen();
    await person.page.goto(`${url}/${at}`);
    if (like) return person;
    await person.page.getByLabel('Your name').fill(name);
    await person.page.getByRole('button', { name: 'Continue', exact: true }).click();
    return person;
  }

  get address() { return new URL(this.page.url()).hash; }
  is(state) { return this.page.locator(`.status[data-state="${state}"]`).waitFor({ timeout: 60_000 }); }
  get canvas() { return this.page.locator('.canvas'); }
  node(id) { return this.page.locator(`.node[data-id="${id}"]`); }
  item(list, text) { return this.page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: text }); }
  items(list) { return this.page.getByRole('list', { name: list }).getByRole('listitem').evaluateAll((all) => all.map((item) => item.firstElementChild.textContent)); }
  ids() { return this.page.locator('.node').evaluateAll((nodes) => nodes.map((node) => node.dataset.id)); }

  async creates(one, name) {
    if (one === 'board' || one === 'flow' || one === 'studio') return super.creates(one, name);
    await this.page.getByLabel(`New ${one}`, { exact: true }).fill(name);
    await this.page.getByRole('button', { name: `Create ${one}`, exact: true }).click();
    return null;
  }

  async opens(list, name) { await this.item(list, name).locator('.rail-open').click(); }

  /** Adds a node of the type by the palette, and says its id. */
  async adds(type) {
    const before = await this.ids();
    await this.canvas.press('a');
    await this.page.getByLabel('Type of the new node').fill(type);
    await this.page.keyboard.press('Enter');
    const added = await this.page.waitForFunction((known) => [...document.querySelectorAll('.node')].map(({ dataset }) => dataset.id).find((id) => !known.includes(id)), before, { polling: 'raf' });
    return added.jsonValue();
  }

  /** Everything is seen, and no panel is over it. */
  async looksAtAll() {
    for (const key of ['Escape', 'Escape', '0']) await this.canvas.press(key);
    await this.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }

  async middleOf(locator) {
    const { x, y, width, height } = await locator.boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  }

  async connects(from, to) {
    await this.looksAtAll();
    const [a, b] = [await this.middleOf(this.node(from).locator('.handle.out').last()), await this.middleOf(this.node(to).locator('.body'))];
    await this.page.mouse.move(a.x, a.y);
    await this.page.mouse.down();
    await this.page.mouse.move(b.x, b.y, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Takes hold of a node. */
  async grips(id) {
    await this.looksAtAll();
    const at = await this.middleOf(this.node(id).locator('.body'));
    await this.page.mouse.move(at.x, at.y);
    await this.page.mouse.down();
    return at;
  }

  /** By mouse, in steps as a hand does it. */
  async drags(id, by, steps = 8) {
    const at = await this.grips(id);
    await this.page.mouse.move(at.x + by.x, at.y + by.y, { steps });
    await this.page.mouse.up();
  }

  async removes(id) {
    await this.looksAtAll();
    await this.node(id).click();
    await this.canvas.press('Delete');
  }

  place(id) { return this.node(id).evaluate((node) => window.placeOf(node)); }

  /** What the canvas shows, whatever the order. */
  async graph() {
    await this.looksAtAll();
    return this.canvas.evaluate((canvas) => ({
      nodes: [...canvas.querySelectorAll('.node')].map((node) => `${node.dataset.id} ${node.ariaLabel} ${window.placeOf(node)}`).sort(),
      edges: [...canvas.querySelectorAll('.edge')].map(({ dataset }) => `${dataset.source} ${dataset.target}`).sort(),
    }));
  }

  /** Until the condition holds in the page, looked at with each frame. */
  async sees(what, argument) { await this.page.waitForFunction(what, argument, { polling: 'raf', timeout: PATIENCE_MS }); }

  /** When the page last heard of a click or a move, in milliseconds of the machine's clock. */
  handMovedAt() { return this.page.evaluate(() => window.handMovedAt); }
}
