// What is selected, as a form: a node's name, type and data, or a line's ends. What others write meanwhile is shown, never overwritten unseen.

import { field, h, icon, iconButton, submitting } from '../ui.js';

export function createInspector(stage) {
  const element = h('aside', { class: 'inspector panel canvas-over', hidden: true, 'aria-label': 'Inspector' });
  let shown = null; // { id, looks, changed(): somebody typed }

  const draw = () => {
    const ids = [...stage.selection];
    const node = ids.length === 1 ? stage.graph.nodes.get(ids[0]) : undefined;
    const edge = ids.length === 1 ? stage.graph.edges.get(ids[0]) : undefined;
    element.hidden = !stage.isInspecting || ids.length === 0;
    if (element.hidden) return void (shown = null);
    const looks = node ? nodeLooks(stage, node) : edge ? JSON.stringify(edge) : JSON.stringify(ids);
    const key = `${node ? 'node' : edge ? 'edge' : 'many'} ${ids.length === 1 ? ids[0] : ''} ${stage.mayEdit()}`;
    if (shown?.key === key && shown.looks === looks) return;
    if (shown?.key === key && shown.refresh?.(node)) return void (shown.looks = looks);
    shown = { key, looks };
    const hadFocus = element.contains(document.activeElement);
    if (node) shown.refresh = showNode(stage, element, node);
    else if (edge) showEdge(stage, element, edge);
    else showMany(stage, element, ids);
    if (hadFocus) element.querySelector('input, button')?.focus();
  };
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    stage.closePanels();
    stage.element.focus({ preventScroll: true });
  });
  return { element, draw, focus: () => element.querySelector('input, textarea, button')?.focus() };
}

const head = (stage, title) => h('header', {}, h('h2', {}, title), iconButton('close', 'Close', () => stage.closePanels()));

/** Its place is not in it: a drag must not draw the form anew. */
const nodeLooks = (stage, node) => JSON.stringify([node.name, node.type, node.data, stage.others.namesAt(node.id), linesOf(stage, node.id)]);

function linesOf(stage, id) {
  const { graph } = stage;
  return [...graph.edgesAt(id)].map((edge) => graph.edges.get(edge)).map((edge) => ({ id: edge.id, isOut: edge.source === id, name: graph.nodes.get(edge.source === id ? edge.target : edge.source)?.name ?? 'a node that is gone' }));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Answers how to take in another state of the node without losing what is being typed: false, it is to be drawn anew. */
function showNode(stage, element, node) {
  const mayEdit = stage.mayEdit();
  const readonly = !mayEdit;
  const name = h('input', { name: 'name', maxlength: 200, value: node.name, readonly });
  const type = h('input', { name: 'type', maxlength: 200, required: true, value: node.type, readonly, spellcheck: 'false' });
  const data = h('textarea', { name: 'data', rows: 7, class: 'exact', spellcheck: 'false', value: pretty(node.data), readonly });
  const notice = h('div', { class: 'notice', role: 'alert', hidden: true });
  const here = h('p', { class: 'hint' });
  const lines = h('ul', { class: 'lines' });
  const said = () => JSON.stringify([name.value, type.value, data.value]);
  let base = node;
  let untouched = said();

  const form = h('form', { class: 'stack' }, here, field('Name', name), field('Type', type), field('Data', data, 'JSON'), notice, mayEdit && h('div', { class: 'actions' }, h('button', { class: 'primary small' }, 'Save'), h('button', { type: 'button', class: 'danger small', onclick: () => stage.remove() }, 'Remove')));
  submitting(form, async () => {
    let parsed;
    try {
      parsed = JSON.parse(data.value);
    } catch (error) {
      throw Object.assign(new Error(error.message), { code: 'invalid_json' });
    }
    notice.hidden = true;
    const changes = { name: name.value.trim(), type: type.value.trim(), data: data.value === pretty(base.data) ? base.data : JSON.stringify(parsed) };
    await stage.source.edit(base.id, changes, base);
    untouched = said();
  });
  const aside = (now) => {
    const names = stage.others.namesAt(now.id);
    here.textContent = names.length ? `Also selected by ${names.join(', ')}` : '';
    here.hidden = names.length === 0;
    lines.replaceChildren(...linesOf(stage, now.id).map((line) => h('li', {}, h('span', { class: 'dir', 'aria-hidden': 'true' }, line.isOut ? '→' : '←'), h('span', { class: 'line-name' }, line.name), mayEdit && stage.source.canRemoveEdges && iconButton('close', `Remove the connection ${line.isOut ? 'to' : 'from'} ${line.name}`, () => stage.remove([line.id])))));
    lines.parentElement.hidden = lines.children.length === 0;
  };
  const take = (now) => {
    [name.value, type.value, data.value] = [now.name, now.type, pretty(now.data)];
    [base, untouched] = [now, said()];
    notice.hidden = true;
  };
  element.replaceChildren(head(stage, 'Node'), form, h('section', {}, h('h3', {}, 'Connections'), lines), h('p', { class: 'hint long' }, 'Id ', h('code', {}, node.id)));
  aside(node);
  return (now) => {
    aside(now);
    if (now.name === base.name && now.type === base.type && now.data === base.data) return true;
    if (said() === untouched || (now.name === name.value && now.type === type.value && now.data === base.data)) take(now);
    else {
      base = now;
      notice.replaceChildren('This node was changed meanwhile. ', h('div', { class: 'actions' }, h('button', { type: 'button', class: 'small', onclick: () => take(now) }, 'Take theirs'), h('button', { type: 'button', class: 'small', onclick: () => (notice.hidden = true) }, 'Keep mine')));
      notice.hidden = false;
    }
    return true;
  };
}

function showEdge(stage, element, edge) {
  const nameOf = (id) => stage.graph.nodes.get(id)?.name ?? 'a node that is gone';
  const row = (term, what) => [h('dt', {}, term), h('dd', {}, what)];
  const mayRemove = stage.mayEdit() && stage.source.canRemoveEdges;
  element.replaceChildren(
    head(stage, 'Connection'),
    h('dl', {}, row('From', nameOf(edge.source)), row('To', nameOf(edge.target)), edge.out && row('Output', h('code', {}, edge.out)), edge.into && row('Input', h('code', {}, edge.into))),
    mayRemove ? h('div', { class: 'actions' }, h('button', { type: 'button', class: 'danger small', onclick: () => stage.remove() }, icon('close'), 'Remove')) : '',
  );
}

function showMany(stage, element, ids) {
  element.replaceChildren(
    head(stage, `${ids.length} selected`),
    h('p', { class: 'hint' }, 'Drag one of them to move all.'),
    stage.mayEdit() ? h('div', { class: 'actions' }, h('button', { type: 'button', class: 'danger small', onclick: () => stage.remove() }, 'Remove them')) : '',
  );
}
