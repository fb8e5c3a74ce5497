// Which part of a drawing is seen, and how large. Points of the screen are in pixels from the canvas's corner; scene units are the nodes' own.

export const MIN_SCALE = 0.05;
export const MAX_SCALE = 3;
const MARGIN_PX = 48;
/** Fitting makes nothing larger than this. */
const FIT_SCALE = 1.1;

export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  width = 0;
  height = 0;
  /** Whether somebody has looked around: from then on a resize moves nothing. */
  isOwn = false;
  #element; #changed; #resized; #box = null; #ending = new AbortController();

  /** @param resized what to do with a new size of the canvas; `changed` is told of everything */
  constructor(element, { changed, resized }) {
    this.#element = element;
    this.#changed = changed;
    this.#resized = new ResizeObserver(([{ contentRect }]) => {
      this.#box = null;
      [this.width, this.height] = [contentRect.width, contentRect.height];
      resized();
      changed();
    });
    this.#resized.observe(element);
    const stale = () => (this.#box = null);
    for (const type of ['scroll', 'resize']) addEventListener(type, stale, { signal: this.#ending.signal, passive: true, capture: true });
    for (const type of ['pointerenter', 'pointerdown']) element.addEventListener(type, stale, { capture: true });
  }

  leave() {
    this.#resized.disconnect();
    this.#ending.abort();
  }

  /** Where an event is. The box is remembered, as asking for it may cost a layout. */
  at(event) {
    this.#box ??= this.#element.getBoundingClientRect();
    return { x: event.clientX - this.#box.x, y: event.clientY - this.#box.y };
  }

  toScene({ x, y }) { return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale }; }
  toScreen({ x, y }) { return { x: x * this.scale + this.x, y: y * this.scale + this.y }; }
  sceneAt(event) { return this.toScene(this.at(event)); }
  get middle() { return this.toScene({ x: this.width / 2, y: this.height / 2 }); }

  /** What is seen, in scene units, and `more` times the canvas's size around it. */
  seen(more = 0) {
    const [width, height] = [this.width / this.scale, this.height / this.scale];
    return { x: -this.x / this.scale - width * more, y: -this.y / this.scale - height * more, width: width * (1 + 2 * more), height: height * (1 + 2 * more) };
  }

  set(x, y, scale) {
    Object.assign(this, { x, y, scale });
    this.#changed();
  }

  pan(dx, dy) {
    this.isOwn = true;
    this.set(this.x + dx, this.y + dy, this.scale);
  }

  zoomAt({ x, y }, factor) {
    this.isOwn = true;
    const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, this.scale * factor));
    const by = scale / this.scale;
    this.set(x - (x - this.x) * by, y - (y - this.y) * by, scale);
  }

  zoom(factor) { this.zoomAt({ x: this.width / 2, y: this.height / 2 }, factor); }

  /** Shows all of a box, in the middle; nothing to show where it is null. */
  fit(box) {
    this.isOwn = false;
    if (!box || this.width === 0 || this.height === 0) return;
    const wanted = Math.min((this.width - 2 * MARGIN_PX) / box.width, (this.height - 2 * MARGIN_PX) / box.height);
    const scale = Math.min(FIT_SCALE, Math.max(MIN_SCALE, wanted));
    this.set((this.width - box.width * scale) / 2 - box.x * scale, (this.height - box.height * scale) / 2 - box.y * scale, scale);
  }

  centre({ x, y }) {
    this.isOwn = true;
    this.set(this.width / 2 - x * this.scale, this.height / 2 - y * this.scale, this.scale);
  }

  /** Moves no more than it takes to see the box. */
  reveal(box) {
    const { x, y } = this.toScreen(box);
    const [width, height] = [box.width * this.scale, box.height * this.scale];
    const into = (from, size, room) => (from < MARGIN_PX ? MARGIN_PX - from : from + size > room - MARGIN_PX ? room - MARGIN_PX - from - size : 0);
    const [dx, dy] = [into(x, width, this.width), into(y, height, this.height)];
    if (dx || dy) this.pan(dx, dy);
  }
}
