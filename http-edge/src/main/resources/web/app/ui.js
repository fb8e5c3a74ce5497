// Small parts of every view. Data reaches the page as text nodes, attributes and properties, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element: `on…` properties are listeners, other properties attributes (false and null: none), the rest children. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'hue') element.style.setProperty('--hue', value);
    else if (name === 'value') element.value = value;
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? '' : value);
  }
  return refill(element, children, element.append);
}

/** Replaces what is in an element; null, undefined and false are nothing. */
export function refill(element, children, how = element.replaceChildren) {
  how.apply(element, children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts `elements` into `parent` in this order and moves only those that are elsewhere, so that focus and animations live on. */
export function arrange(parent, elements) {
  const wanted = new Set(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const element of elements) {
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
}

/** Starts a CSS animation class over. */
export function flash(element, name, hue) {
  if (hue !== undefined) element.style.setProperty('--hue', hue);
  element.classList.remove(name);
  void element.getBoundingClientRect(); // the class must be seen gone
  element.classList.add(name);
}

export function hueOf(text) {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  return ((hash % 360) + 360) % 360;
}

export const shortId = (identity) => identity.slice(0, 8);

export function avatar(identity, name) {
  const letters = (name || identity).split(/[\s._-]+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join('');
  return h('span', { class: 'avatar', hue: hueOf(identity), 'aria-hidden': 'true' }, letters.toUpperCase());
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A time as `HH:MM:SS` today, with its date otherwise. */
export function time(instant) {
  const date = new Date(instant);
  const today = date.toDateString() === new Date().toDateString();
  return h('time', { datetime: instant, title: full.format(date) }, (today ? clock : full).format(date));
}

const PATHS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3',
  back: 'M10 3 5 8l5 5',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  grip: 'M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01',
  remark: 'M3 3.5h10v7H8l-3 2.5v-2.5H3z',
  close: 'M4 4l8 8M12 4l-8 8',
  undo: 'M6 4 3 7l3 3M3 7h6.5a3.5 3.5 0 0 1 0 7H8',
  redo: 'M10 4l3 3-3 3M13 7H6.5a3.5 3.5 0 0 0 0 7H8',
  marquee: 'M3 5V3h2M11 3h2v2M13 11v2h-2M5 13H3v-2M7 3h2M7 13h2M3 7v2M13 7v2',
  keys: 'M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.5 7h.01M5 9.3h6',
  edit: 'M3 13l.6-2.8L10.8 3 13 5.2 5.8 12.4z',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5 5 13h6l.5-8.5M7 7v3.5M9 7v3.5',
  graph: 'M2.5 6h4v4h-4zM10.5 2.5h3v3h-3zM10.5 10.5h3v3h-3zM6.5 8h2.5V4h1.5M9 8v4h1.5',
  document: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3M6 8.5h4M6 11h4',
  link: 'M7 9a2.5 2.5 0 0 0 3.6 0l2-2A2.5 2.5 0 0 0 9 3.5L8.3 4.2M9 7a2.5 2.5 0 0 0-3.6 0l-2 2A2.5 2.5 0 0 0 7 12.5l.7-.7',
  panel: 'M2.5 3h11v10h-11zM6.5 3v10',
  filter: 'M2.5 4h11M5 8h6M7 12h2',
  forth: 'M6 3l5 5-5 5',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  bell: 'M4 11V7.5a4 4 0 0 1 8 0V11l1 1H3zM7 14h2',
  keyboard: 'M1.5 4h13v8h-13zM4 6.7h.01M6.7 6.7h.01M9.3 6.7h.01M12 6.7h.01M5 9.5h6',
  gear: 'M8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6zM8 1.8v1.7M8 12.5v1.7M1.8 8h1.7M12.5 8h1.7M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M12.4 3.6l-1.2 1.2M4.8 11.2l-1.2 1.2',
};

export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: PATHS[name] }));
}

/** A button with an icon only; `label` is what it is called. */
export function iconButton(name, label, onclick, properties = {}) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...properties }, icon(name));
}

const MAX_TOASTS = 4;
const TOAST_MS = 4_000;
const ERROR_TOAST_MS = 9_000;

/** A message that goes away by itself, though not while somebody points at it; errors stay longer and show their code. The same again is counted. */
export function toast(text, { error = null, hue } = {}) {
  const toasts = document.getElementById('toasts');
  const says = `${error?.reason ?? error?.code ?? ''} ${text}`;
  const same = [...toasts.children].find((each) => each.dataset.says === says);
  const times = Number(same?.dataset.times ?? 0) + 1;
  same?.remove();
  const box = h(
    'div',
    { class: error ? 'toast error' : 'toast', role: error ? 'alert' : null, hue, 'data-says': says, 'data-times': times },
    error && h('code', {}, error.reason ?? error.code ?? 'internal'),
    h('span', {}, text),
    times > 1 && h('small', { class: 'toast-times' }, `×${times}`),
    iconButton('close', 'Dismiss', () => box.remove()),
  );
  const lasts = error ? ERROR_TOAST_MS : TOAST_MS;
  const goes = () => setTimeout(() => box.remove(), lasts);
  let going = goes();
  for (const held of ['pointerenter', 'focusin']) box.addEventListener(held, () => clearTimeout(going));
  for (const free of ['pointerleave', 'focusout']) box.addEventListener(free, () => (clearTimeout(going), (going = goes())));
  toasts.append(box);
  while (toasts.children.length > MAX_TOASTS) toasts.firstElementChild.remove();
}

export const tell = (error) => toast(error.message, { error });

/** A whole view's failure: what, its code, and what to do now; paragraphs say more. */
export function problem(title, error, ...more) {
  const texts = more.filter((each) => each.tagName === 'P');
  return h(
    'section',
    { class: 'state', role: 'alert' },
    h('h2', {}, title),
    h('p', {}, h('code', {}, error.code ?? 'internal'), ' ', error.message),
    texts,
    h('div', { class: 'actions' }, more.filter((each) => !texts.includes(each))),
  );
}

/** Grey bars where content is to come. */
export function loading(label, bars = 3) {
  return h('div', { class: 'loading', role: 'status', 'aria-label': label }, Array.from({ length: bars }, () => h('div', { class: 'bar' })));
}

const bones = (kind, number) => h('div', { class: `bones ${kind}` }, Array.from({ length: number }, () => h('div', { class: 'bone' })));
const SKELETONS = {
  home: () => [bones('title', 1), bones('rows', 4)],
  open: () => [bones('tabs', 4), bones('columns', 3)],
  cluster: () => [bones('title', 1), bones('tiles', 10), bones('charts', 6)],
};

/** The outline of what is to come, by the kind of its route. */
export function skeleton(kind, label) {
  return SKELETONS[kind] ? h('div', { class: `skeleton is-${kind}`, role: 'status', 'aria-label': label }, SKELETONS[kind]()) : loading(label);
}

let described = 0;

/** A labelled control; the hint is read after its name. */
export function field(label, control, hint) {
  const id = `hint-${++described}`;
  if (hint) control.setAttribute('aria-describedby', id);
  return h('div', { class: 'field' }, h('label', {}, h('span', {}, label), control), hint && h('small', { id }, hint));
}

export function select(options, chosen, properties = {}) {
  return h(
    'select',
    properties,
    options.map(([value, label]) => h('option', { value, selected: value === chosen }, label ?? value)),
  );
}

/** Runs a form's action with its buttons off; a failure stands in the form until the next attempt. */
export function submitting(form, action) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll('button')];
    form.querySelector('.form-error')?.remove();
    for (const button of buttons) button.disabled = true;
    try {
      await action();
    } catch (error) {
      form.append(h('p', { class: 'form-error', role: 'alert' }, h('code', {}, error.reason ?? error.code ?? 'internal'), ' ', error.message));
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
  return form;
}

const ROLES = ['none', 'viewer', 'editor', 'admin', 'owner'];

/** Whether a role, in either spelling, may do what `least` may. */
export const atLeast = (role, least) => ROLES.indexOf(role.toLowerCase()) >= ROLES.indexOf(least.toLowerCase());

export const ROLE_TEXT = { viewer: 'Viewer – reads and remarks', editor: 'Editor – changes content', admin: 'Admin – invites', owner: 'Owner' };
