// Two states side by side, and whether the history is whole.

import { readAddress, writeAddress } from './address.js';
import { diffElement } from './diff.js';
import { checkChain } from './history-chain.js';
import { api } from './session.js';
import { field, h, loading, refill, submitting } from './ui.js';

const USUAL_SPAN = 10;

export function createHistory(context) {
  const compare = createCompare(context);
  const element = h('section', { class: 'history' }, compare.element, createChain(context));
  const asked = readAddress();
  if (asked.get('from') && asked.get('to')) compare.show(asked.get('from'), asked.get('to'));
  context.compare = (from, to) => {
    context.open('history');
    compare.show(from, to);
  };
  return { name: 'history', label: 'History', element, draw: compare.draw };
}

function createCompare(context) {
  const number = (name) => h('input', { name, type: 'number', min: 1, step: 1, required: true, inputmode: 'numeric', oninput: () => (chosen = true) });
  const [from, to] = [number('from'), number('to')];
  let chosen = false; // until then they follow what happens
  const answer = h('div', { class: 'compared', 'aria-live': 'polite' });
  const form = h('form', { class: 'compare-form' }, field('After #', from), field('and after #', to), h('button', { class: 'primary' }, 'Compare'));
  submitting(form, async () => {
    const [early, late] = [Number(from.value), Number(to.value)].sort((a, b) => a - b);
    writeAddress({ from: early, to: late });
    answer.replaceChildren(loading('Comparing'));
    try {
      answer.replaceChildren(diffElement(context, await api('GET', `${context.path}/history/diff?from=${early}&to=${late}`)));
    } catch (error) {
      answer.replaceChildren();
      throw error; // the form shows it
    }
  });
  return {
    element: h('section', { class: 'stack' }, h('h2', {}, 'Compare two states'), h('p', { class: 'hint' }, 'Of each state what you may see of it.'), form, answer),
    show: (early, late) => {
      chosen = true;
      [from.value, to.value] = [early, late];
      form.requestSubmit();
    },
    draw: () => {
      const head = context.workspace.seq;
      if (chosen || !head) return;
      to.value = head;
      from.value = Math.max(1, head - USUAL_SPAN);
    },
  };
}

function createChain(context) {
  const said = h('div', { class: 'chain-said', role: 'status' });
  const bar = h('progress', { hidden: true, 'aria-label': 'Checked' });
  const stop = h('button', { type: 'button', hidden: true }, 'Stop');
  const check = h('button', { type: 'button', class: 'primary', onclick: () => run() }, 'Check the history');
  const run = async () => {
    if (!globalThis.crypto?.subtle) {
      verdict('unknown', 'This browser gives no cryptography to pages without HTTPS', 'Open the page by https: or from the machine itself.');
      return;
    }
    const ending = new AbortController();
    stop.onclick = () => ending.abort();
    [check.disabled, bar.hidden, stop.hidden] = [true, false, false];
    bar.removeAttribute('value');
    said.replaceChildren();
    const began = performance.now();
    try {
      const result = await checkChain({
        page: (after, limit) => api('GET', `${context.path}/history/chain?after=${after}&limit=${limit}`),
        progress: (done, head) => ([bar.max, bar.value] = [head, done]),
        signal: ending.signal,
      });
      tellResult(result, performance.now() - began);
    } catch (error) {
      if (ending.signal.aborted) verdict('unknown', 'Not checked to its end');
      else if (error.code === 'forbidden') verdict('unknown', 'Admins and owners may check the history', error.message);
      else verdict('broken', error.code === 'internal' ? 'The server says that its history is broken' : 'It could not be checked', `${error.code ?? 'internal'}: ${error.message}`);
    } finally {
      [check.disabled, bar.hidden, stop.hidden] = [false, true, true];
    }
  };
  const tellResult = ({ checked, head, hash, bytes, broken, hidden }, ms) => {
    const whole = checked > 0 && `#1 to #${checked} hold: ${checked.toLocaleString('en')} transactions, ${bytes.toLocaleString('en')} canonical bytes, checked with SHA-256 in this browser in ${Math.round(ms)} ms.`;
    if (broken) verdict('broken', `Broken at #${broken.seq}`, `${broken.why}.`, whole);
    else if (hidden) verdict('unknown', `Not checked from #${hidden} on`, 'The module hides rows from you, so the server does not give you the bytes. It has checked them itself.', whole);
    else verdict('whole', `Whole, up to #${head}`, whole, h('code', { class: 'long' }, hash));
  };
  const verdict = (state, title, ...lines) => refill(said, [h('div', { class: 'verdict', 'data-state': state }, h('strong', {}, title), lines.filter(Boolean).map((line) => h('p', {}, line)))]);
  return h(
    'section',
    { class: 'stack chain' },
    h('h2', {}, 'Is the history whole?'),
    h('p', { class: 'hint' }, 'Each transaction carries the SHA-256 of the one before it and of its own bytes: who changes, drops or reorders one breaks all that follow.'),
    h('div', { class: 'actions' }, check, stop, bar),
    said,
  );
}
