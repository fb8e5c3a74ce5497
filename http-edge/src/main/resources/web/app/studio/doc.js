// A document: its title and text, versions to go back to. What others write meanwhile is shown, never overwritten unseen.

import { newId } from '../new-id.js';
import { field, h, submitting, time } from '../ui.js';

export function createDoc(studio, id) {
  const { context } = studio;
  const { workspace } = context;
  const docs = workspace.table('brain_doc');
  const title = h('input', { name: 'title', maxlength: 500, required: true, class: 'doc-title' });
  const text = h('textarea', { name: 'text', rows: 14, class: 'doc-text' });
  const notice = h('div', { class: 'notice', role: 'alert', hidden: true });
  const saved = h('p', { class: 'hint', role: 'status' });
  const versions = h('ol', { class: 'versions', 'aria-label': 'Versions' });
  const none = h('p', { class: 'hint' }, 'What the document was is kept whenever somebody saves it.');
  const form = h('form', { class: 'stack panel' }, field('Title', title), field('Text', text), notice, h('div', { class: 'actions' }, h('button', { class: 'primary for-editors' }, 'Save'), saved));
  const element = h('article', { class: 'doc', 'aria-label': 'Document' }, form, h('section', { class: 'panel' }, h('h2', {}, 'Versions'), none, versions));
  let base = null;
  let version = 0;
  const typed = () => JSON.stringify([title.value, text.value]);
  let untouched = typed();

  const take = (doc) => {
    base = doc;
    version = docs.version(id);
    [title.value, text.value] = [doc.title, textIn(doc.content_json)];
    untouched = typed();
    notice.hidden = true;
  };
  submitting(form, async () => {
    const content = withText(base.content_json, text.value);
    const isOther = content !== base.content_json;
    try {
      await workspace.call('save_brain_doc', { id, workspace_id: base.workspace_id, title: title.value.trim(), content_json: content, version_id: isOther ? newId() : null }, { expect: { row: { table: 'brain_doc', key: id, version } } });
    } catch (error) {
      if (error.code !== 'conflict') throw error;
      conflict();
      return;
    }
    take(docs.get(id) ?? base);
  });
  const conflict = () => {
    const now = docs.get(id);
    if (!now) return;
    version = docs.version(id);
    const mine = () => {
      base = now;
      form.requestSubmit();
    };
    notice.replaceChildren('Somebody saved this document meanwhile. ', h('div', { class: 'actions' }, h('button', { type: 'button', class: 'small', onclick: () => take(now) }, 'Take theirs'), h('button', { type: 'button', class: 'small', onclick: mine }, 'Save mine')));
    notice.hidden = false;
  };
  const drawVersions = () => {
    const all = [...workspace.table('brain_doc_version').index('doc_id').find(id)].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    none.hidden = all.length > 0;
    versions.replaceChildren(...all.map((one) => h('li', {}, h('div', {}, time(one.created_at), h('p', { class: 'version-text' }, textIn(one.content_json).slice(0, 200) || 'No text')), h('button', { type: 'button', class: 'small for-editors', 'data-version': one.version_id }, 'Restore'))));
  };
  versions.addEventListener('click', (event) => {
    const chosen = event.target.closest('button')?.dataset.version;
    if (chosen) context.act('restore_brain_doc_version', { doc_id: id, version_id: chosen, snapshot_version_id: newId() });
  });
  return {
    element,
    rolesChanged: () => [title, text].forEach((input) => (input.readOnly = !context.may('editor'))),
    draw({ all, rows = [] }) {
      const now = docs.get(id);
      if (!now) return;
      if (base === null || (now !== base && typed() === untouched)) take(now);
      else if (now !== base && docs.version(id) !== version && form.querySelector('button:disabled') === null) conflict();
      saved.replaceChildren('Saved ', time(now.updated_at));
      if (all || rows.some((row) => row.table === 'brain_doc_version')) drawVersions();
    },
  };
}

/** Content is JSON of its author's choice; this page writes `{ "text": … }` and keeps the rest. */
function textIn(content) {
  const value = parsed(content);
  if (typeof value === 'string') return value;
  return typeof value?.text === 'string' ? value.text : value === null || Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 2);
}

function withText(content, text) {
  const value = parsed(content);
  if (textIn(content) === text) return content;
  return JSON.stringify(value !== null && typeof value === 'object' && !Array.isArray(value) && (typeof value.text === 'string' || Object.keys(value).length === 0) ? { ...value, text } : { text });
}

function parsed(content) {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
