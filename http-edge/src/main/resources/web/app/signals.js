// Signals: said to those who are here now, kept by nobody. Send one, see the last ones.

import { parsed } from './args.js';
import { avatar, field, h, refill, submitting, time } from './ui.js';

const MAX_SEEN = 50;

export function createSignals(context) {
  const list = h('ol', { class: 'signals-seen', 'aria-label': 'Signals' });
  const none = h('p', { class: 'hint' }, 'None yet. Signals that came before this page was opened are gone.');
  const element = h('section', { class: 'signals' }, h('div', { class: 'panel stack' }, h('h2', {}, 'Send a signal'), sendForm(context)), h('div', { class: 'stack' }, h('h2', {}, 'Seen'), none, list));
  const stop = context.workspace.on('signal', ({ name, from, payload }) => {
    none.hidden = true;
    list.prepend(seen(context, name, from, payload));
    while (list.children.length > MAX_SEEN) list.lastElementChild.remove();
  });
  return { name: 'signals', label: 'Signals', element, draw: () => {}, leave: stop };
}

function seen(context, name, from, payload) {
  const who = context.name(from);
  return h(
    'li',
    {},
    avatar(from, who),
    h('div', {}, h('p', {}, h('strong', {}, who), ' ', h('code', {}, name)), payload !== null && payload !== undefined && h('p', { class: 'exact long' }, JSON.stringify(payload))),
    h('span', { class: 'when' }, time(Date.now())),
  );
}

function sendForm(context) {
  const name = h('input', { name: 'signal', required: true, maxlength: 64, placeholder: 'wave', spellcheck: 'false' });
  const payload = h('textarea', { name: 'payload', rows: 2, class: 'exact', spellcheck: 'false', placeholder: '{"at": 7}' });
  const to = h('select', { name: 'to', onfocus: () => choices(), onpointerenter: () => choices() });
  const choices = () => {
    const chosen = to.value;
    const { people } = context.workspace.presence.snapshot();
    refill(to, [
      h('option', { value: '' }, 'everyone'),
      ...['editor', 'admin', 'owner'].map((role) => h('option', { value: `role:${role}` }, `${role}s and above`)),
      ...people.filter(({ identity }) => identity !== context.me).map(({ identity, state }) => h('option', { value: `identity:${identity}` }, context.name(identity, typeof state.name === 'string' ? state.name : ''))),
    ]);
    to.value = [...to.options].some((option) => option.value === chosen) ? chosen : '';
  };
  choices();
  const sent = h('p', { class: 'result', role: 'status' });
  const form = h('form', { class: 'stack' }, field('Name', name), field('Payload', payload, 'JSON of at most 4 KiB; may stay empty.'), field('To', to), h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Send'), sent));
  return submitting(form, async () => {
    sent.textContent = '';
    const [kind, value] = [to.value.slice(0, to.value.indexOf(':')), to.value.slice(to.value.indexOf(':') + 1)];
    await context.workspace.signal(name.value.trim(), payload.value.trim() === '' ? null : parsed('payload', payload.value), to.value ? { [kind]: value } : undefined);
    sent.textContent = 'Sent';
  });
}
