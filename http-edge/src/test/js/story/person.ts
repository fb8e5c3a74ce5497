// Somebody at the studio page, in a browser context of their own, as a private window is.

import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
// @ts-expect-error: it has no types, and is shared with the tests of the page
import { complaintsOf } from '../../web/stage.js';

/** What the browser and the SDK say about a server that is away: the page shows that. */
const EXPECTED = /^Failed to load resource|^WebSocket connection to|Error connecting to SpacetimeDB WS/;

const PATIENCE_MS = 20_000;

declare global {
  interface Window { handMovedAt: number }
}

interface Point { x: number; y: number }

export class Person {
  /** Errors of the page itself. */
  readonly complaints: string[];
  /** Frames that the page sent, by any of its sockets. */
  readonly framesSent: Buffer[] = [];
  sockets = 0;

  private constructor(readonly name: string, readonly context: BrowserContext, readonly page: Page) {
    this.complaints = complaintsOf(page, EXPECTED);
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('websocket', (socket) => {
      this.sockets++;
      socket.on('framesent', ({ payload }) => this.framesSent.push(Buffer.from(payload)));
    });
  }

  /** Somebody with an empty browser, or with what another's has kept: the same identity then. */
  static async arrives(browser: Browser, name: string, address: string, like?: Person): Promise<Person> {
    const storageState = await like?.context.storageState();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', storageState });
    await context.addInitScript(() => {
      for (const event of ['click', 'pointermove']) addEventListener(event, () => { window.handMovedAt = Date.now(); }, true);
    });
    const person = new Person(name, context, await context.newPage());
    await person.page.goto(address);
    await person.page.getByLabel('Your name').fill(name);
    return person;
  }

  is(state: string): Promise<void> { return this.page.locator('.status', { hasText: state }).waitFor(); }

  async creates(what: 'workspace' | 'workflow', name: string): Promise<void> {
    await this.page.getByLabel(`New ${what}`).fill(name);
    await this.page.getByRole('button', { name: `Create ${what}` }).click();
  }

  async writes(title: string, text: string): Promise<void> {
    await this.page.getByLabel('Title').fill(title);
    await this.page.getByLabel('Text').fill(text);
    await this.page.getByRole('button', { name: 'Save document' }).click();
  }

  item(list: string, text: string): Locator { return this.page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: text }); }

  /** The items of a list, from the top. */
  items(list: string): Promise<string[]> { return this.page.getByRole('list', { name: list }).getByRole('listitem').allTextContents(); }

  async opens(list: 'Workspaces' | 'Workflows', name: string): Promise<void> { await this.item(list, name).getByRole('button').click(); }

  get nodes(): Locator { return this.page.locator('.node'); }
  node(id: string): Locator { return this.page.locator(`.node[data-id="${id}"]`); }

  /** Adds a node of the type and says its id. */
  async adds(type: string): Promise<string> {
    const before = await this.ids();
    await this.page.getByRole('button', { name: `Add ${type}` }).click();
    const added = await this.page.waitForFunction(
      (known) => [...document.querySelectorAll<HTMLElement>('.node')].map(({ dataset }) => dataset.id!).find((id) => !known.includes(id)), before, { polling: 'raf' });
    return (await added.jsonValue())!;
  }

  ids(): Promise<string[]> { return this.nodes.evaluateAll((nodes) => nodes.map((node) => (node as HTMLElement).dataset.id!)); }

  async removes(id: string): Promise<void> { await this.node(id).getByRole('button', { name: 'Remove' }).click(); }

  async connects(from: string, to: string): Promise<void> {
    await this.node(from).getByRole('button', { name: 'Connect' }).click();
    await this.node(to).getByRole('button', { name: 'Connect' }).click();
  }

  /** Takes hold of a node, where there is no button. */
  async grips(id: string): Promise<Point> {
    const { x, y } = (await this.node(id).boundingBox())!;
    const grip = { x: x + 60, y: y + 12 };
    await this.page.mouse.move(grip.x, grip.y);
    await this.page.mouse.down();
    return grip;
  }

  /** By mouse, in steps as a hand does it. */
  async drags(id: string, by: Point, steps: number): Promise<void> {
    const grip = await this.grips(id);
    await this.page.mouse.move(grip.x + by.x, grip.y + by.y, { steps });
    await this.page.mouse.up();
  }

  /** What the canvas shows, whatever the order. */
  graph(): Promise<{ nodes: string[]; edges: string[] }> {
    return this.page.locator('.canvas').evaluate((canvas) => ({
      nodes: [...canvas.querySelectorAll<HTMLElement>('.node')].map(({ dataset, style }) => `${dataset.id} ${dataset.type} ${style.left} ${style.top}`).sort(),
      edges: [...canvas.querySelectorAll<SVGElement>('line')].map(({ dataset }) => dataset.between!).sort(),
    }));
  }

  place(id: string): Promise<string> { return this.node(id).evaluate(({ style }) => `${style.left} ${style.top}`); }

  /** Until the condition holds in the page, looked at with each frame. */
  async sees<A>(what: (argument: A) => boolean, argument: A): Promise<void> {
    await this.page.waitForFunction(what as (argument: unknown) => boolean, argument, { polling: 'raf', timeout: PATIENCE_MS });
  }

  /** When the page last heard of a click or a move, in milliseconds of the machine's clock. */
  handMovedAt(): Promise<number> { return this.page.evaluate(() => window.handMovedAt); }

  notice(): Locator { return this.page.getByRole('alert'); }

  hasNoComplaints(): void { assert.deepEqual(this.complaints, [], `${this.name}'s page`); }
}
