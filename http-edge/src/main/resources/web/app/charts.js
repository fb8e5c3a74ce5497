// Line charts over the last minutes: axes, several lines, gaps where nothing was measured, and the value under the pointer or the arrow keys.

import { h, refill, svg } from './ui.js';

const HEIGHT = 150;
const LEFT = 44;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
/** Points further apart than this are not joined: nobody looked in between. */
const JOINED_MS = 3_500;
const LINES = 8;
/** How far back a chart reaches, by how much it has to show, and how far apart the times under it are, in ms. */
const WINDOWS = [[60_000, 15_000], [120_000, 30_000], [300_000, 60_000]];
const [LONGEST_MS] = WINDOWS.at(-1);
const LABEL_WIDTH = 62;

const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const second = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** The least of 1, 2, 5, 10, 20, 50 … (and tenths of them) that is not below. */
export function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value * (1 - 1e-9));
  return Number((step * power).toPrecision(3));
}

/** Runs of points that may be joined: a line ends where a value is null and where two samples are too far apart. */
export function runs(samples, key) {
  const all = [];
  let before = null;
  for (const { at, values } of samples) {
    const value = values[key];
    if (value === null || value === undefined) {
      before = null;
      continue;
    }
    if (before === null || at - before > JOINED_MS) all.push([]);
    all.at(-1).push([at, value]);
    before = at;
  }
  return all;
}

/**
 * A chart of at most five minutes; `format`: a value as text; `top`: what the axis reaches at least, such as 100 for percent.
 * `lines([{ key, name, title?, faded? }])` says what to draw, at most eight; `draw(samples, now)` draws `[{ at, values: { key → number or null } }]`
 * in the next frame; `leave()` lets go.
 */
export class LineChart {
  #format; #top;
  #lines = []; #hidden = new Set();
  #samples = []; #now = 0; #max = 1; #width = 0; #windowMs = 0; #stepMs = 0;
  #frame = 0; #cursor = null; // the time that is read, null: the newest
  #grid = svg('g', { class: 'chart-grid' });
  #plot = svg('g');
  #mark = svg('g', { class: 'chart-mark' });
  #legend = h('div', { class: 'chart-legend' });
  #when = h('span', { class: 'chart-when' });
  #none = h('p', { class: 'chart-none', hidden: true }, 'Nothing measured in the last minutes');
  #reader; #resized;

  constructor({ title, hint, format, top = 0 }) {
    this.#format = format;
    this.#top = top;
    const picture = svg('svg', { height: HEIGHT, 'aria-hidden': 'true' }, this.#grid, this.#plot, this.#mark);
    this.#reader = h('div', { class: 'chart-plot', role: 'slider', tabindex: 0, 'aria-label': `${title}: the value at a time`, 'aria-valuemin': 0 }, picture, this.#none);
    this.element = h(
      'figure',
      { class: 'chart panel', 'aria-label': title },
      h('figcaption', {}, h('h3', {}, title), h('small', {}, hint), this.#when),
      this.#reader,
      this.#legend,
    );
    this.#listen();
    this.#resized = new ResizeObserver(([{ contentRect }]) => {
      this.#width = Math.floor(contentRect.width);
      this.#soon();
    });
    this.#resized.observe(this.#reader);
  }

  lines(lines) {
    if (JSON.stringify(lines) === JSON.stringify(this.#lines)) return;
    this.#lines = lines.slice(0, LINES);
    const keys = new Set(lines.map((line) => line.key));
    for (const key of this.#hidden) if (!keys.has(key)) this.#hidden.delete(key);
    refill(this.#legend, this.#lines.map((line, index) => this.#entry(line, index)));
    this.#soon();
  }

  draw(samples, now) {
    this.#samples = samples.filter(({ at }) => at >= now - LONGEST_MS);
    this.#now = now;
    this.#soon();
  }

  leave() {
    cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
  }

  /** A line's name, its value, and a switch for it. */
  #entry({ key, name, title }, index) {
    const toggle = () => {
      if (!this.#hidden.delete(key)) this.#hidden.add(key);
      button.setAttribute('aria-pressed', !this.#hidden.has(key));
      this.#soon();
    };
    const button = h(
      'button',
      { type: 'button', class: 'chart-line', 'data-line': index, 'data-key': key, 'aria-pressed': !this.#hidden.has(key), title: title ?? `Show or hide ${name}`, onclick: toggle },
      h('span', { class: 'chart-swatch' }),
      h('span', { class: 'chart-name' }, name),
      h('span', { class: 'chart-value' }),
    );
    return button;
  }

  #listen() {
    const point = (event) => {
      const { left } = this.#reader.getBoundingClientRect();
      this.#cursor = this.#nearest(this.#time(event.clientX - left))?.at ?? null;
      this.#soon();
    };
    const newest = () => {
      this.#cursor = null;
      this.#soon();
    };
    this.#reader.addEventListener('pointermove', point);
    this.#reader.addEventListener('pointerdown', point);
    this.#reader.addEventListener('pointerleave', newest);
    this.#reader.addEventListener('blur', newest);
    this.#reader.addEventListener('keydown', (event) => {
      const at = this.#samples.indexOf(this.#read());
      const last = this.#samples.length - 1;
      const next = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageUp: at - 10, PageDown: at + 10, Home: 0, End: last, Escape: last }[event.key];
      if (next === undefined || last < 0) return;
      event.preventDefault();
      const to = Math.min(last, Math.max(0, next));
      this.#cursor = to === last ? null : this.#samples[to].at;
      this.#soon();
    });
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#width > 0) this.#paint();
    });
  }

  #x(at) { return LEFT + ((at - (this.#now - this.#windowMs)) / this.#windowMs) * (this.#width - LEFT - RIGHT); }
  #y(value) { return TOP + (1 - value / this.#max) * (HEIGHT - TOP - BOTTOM); }
  #time(x) { return this.#now - this.#windowMs + ((x - LEFT) / (this.#width - LEFT - RIGHT)) * this.#windowMs; }

  #nearest(time) {
    let best = null;
    for (const sample of this.#samples) if (best === null || Math.abs(sample.at - time) <= Math.abs(best.at - time)) best = sample;
    return best;
  }

  /** The sample that is read: where the cursor stands while that is in the window, otherwise the newest. */
  #read() {
    return (this.#cursor !== null && this.#samples.find((sample) => sample.at === this.#cursor)) || this.#samples.at(-1);
  }

  #paint() {
    const shown = this.#lines.filter((line) => !this.#hidden.has(line.key));
    let highest = 0;
    for (const { values } of this.#samples) for (const { key } of shown) highest = Math.max(highest, values[key] ?? 0);
    this.#max = Math.max(this.#top, ceiling(highest));
    const long = this.#now - (this.#samples[0]?.at ?? this.#now);
    [this.#windowMs, this.#stepMs] = WINDOWS.find(([windowMs]) => windowMs >= long) ?? WINDOWS.at(-1);
    this.#none.hidden = shown.some(({ key }) => this.#samples.some(({ values }) => (values[key] ?? null) !== null));
    this.#paintGrid();
    refill(this.#plot, shown.flatMap((line) => this.#paintLine(line)));
    this.#paintReading(shown);
  }

  #paintGrid() {
    const right = this.#width - RIGHT;
    const parts = [];
    for (const share of [0, 0.5, 1]) {
      const y = this.#y(this.#max * share);
      parts.push(svg('line', { x1: LEFT, x2: right, y1: y, y2: y }), svg('text', { x: LEFT - 6, y: y + 4, 'text-anchor': 'end' }, this.#format(this.#max * share)));
    }
    const each = (this.#stepMs / this.#windowMs) * (right - LEFT);
    const every = this.#stepMs * Math.ceil(LABEL_WIDTH / each);
    const text = this.#stepMs < 60_000 ? second : minute;
    for (let at = Math.ceil((this.#now - this.#windowMs) / this.#stepMs) * this.#stepMs; at <= this.#now; at += this.#stepMs) {
      const x = this.#x(at);
      parts.push(svg('line', { x1: x, x2: x, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4 }));
      if (at % every === 0 && x > LEFT + 24 && x < right - 24) parts.push(svg('text', { x, y: HEIGHT - 4, 'text-anchor': 'middle' }, text.format(at)));
    }
    refill(this.#grid, parts);
  }

  #paintLine(line) {
    const index = this.#lines.indexOf(line);
    return runs(this.#samples, line.key).flatMap((run) => {
      const points = run.map(([at, value]) => `${this.#x(at).toFixed(1)} ${this.#y(value).toFixed(1)}`);
      const alone = run.length === 1;
      // A round cap makes a point of a line without length.
      const path = svg('path', { class: 'chart-path', 'data-line': index, 'data-key': line.key, 'data-faded': Boolean(line.faded), d: `M${points.join('L')}${alone ? 'h0' : ''}` });
      if (this.#lines.length > 2 || index > 0 || alone) return [path];
      const base = this.#y(0);
      return [svg('path', { class: 'chart-area', 'data-line': index, d: `M${this.#x(run[0][0]).toFixed(1)} ${base}L${points.join('L')}V${base}Z` }), path];
    });
  }

  #paintReading(shown) {
    const sample = this.#read();
    const pointed = this.#cursor !== null && sample?.at === this.#cursor;
    const says = (key) => (sample && (sample.values[key] ?? null) !== null ? this.#format(sample.values[key]) : '–');
    for (const button of this.#legend.children) button.querySelector('.chart-value').textContent = says(button.dataset.key);
    this.#when.textContent = pointed ? second.format(sample.at) : '';
    const spoken = sample ? `${second.format(sample.at)}: ${shown.map(({ key, name }) => `${name} ${says(key)}`).join(', ')}` : 'nothing yet';
    this.#reader.setAttribute('aria-valuemax', Math.max(0, this.#samples.length - 1));
    this.#reader.setAttribute('aria-valuenow', Math.max(0, this.#samples.indexOf(sample)));
    this.#reader.setAttribute('aria-valuetext', spoken);
    if (!pointed) {
      this.#mark.replaceChildren();
      return;
    }
    const x = this.#x(sample.at);
    const dots = shown.filter(({ key }) => (sample.values[key] ?? null) !== null).map((line) => svg('circle', { cx: x, cy: this.#y(sample.values[line.key]), r: 3.5, 'data-line': this.#lines.indexOf(line) }));
    refill(this.#mark, [svg('line', { x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM }), ...dots]);
  }
}
