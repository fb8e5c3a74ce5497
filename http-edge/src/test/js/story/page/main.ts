// The page: what is open is in the fragment (#/w/WORKSPACE/WORKFLOW, #/join/TOKEN), which no server sees; whose server it is, in the query.

import { Canvas } from './canvas.ts';
import { Shared } from './shared.ts';
import { Standalone } from './standalone.ts';
import { newId, type Named, type Place, type Studio } from './studio.ts';

const NAME = 'studio.name';

const element = <E extends HTMLElement>(selector: string) => document.querySelector(selector) as E;
const input = (selector: string) => element<HTMLInputElement>(selector);
const query = new URLSearchParams(location.search);

const alert = element('[role=alert]');
function complain(what: string): void {
  alert.textContent = what;
  alert.hidden = false;
}

const nameField = input('#name');
nameField.value = localStorage.getItem(NAME) ?? '';
nameField.addEventListener('input', () => localStorage.setItem(NAME, nameField.value));

let drawing = false;
function changed(): void {
  if (drawing) return;
  drawing = true;
  setTimeout(draw);
}

const database = query.get('database');
const studio: Studio = database
  ? new Shared(query.get('server') ?? location.origin, database, () => nameField.value, changed, complain)
  : new Standalone(changed);
const canvas = new Canvas(element('.canvas'), (ops) => { if (place.workflow) studio.edit(place.workflow, ops); });

let place: Place & { token?: string } = {};
function arrive(): void {
  const [what, first, second] = location.hash.slice(2).split('/').map(decodeURIComponent);
  place = what === 'w' ? { workspace: first, workflow: second } : what === 'join' ? { token: first } : {};
  studio.open(place);
  changed();
}

function go(...parts: string[]): void { location.hash = `/w/${parts.map(encodeURIComponent).join('/')}`; }

/** Replaces the items only where they are others, so that nothing moves under a finger. */
function list(selector: string, items: string[], fill: (item: HTMLLIElement, index: number) => void): void {
  const at = element(selector);
  const is = JSON.stringify(items);
  if (at.dataset.items === is) return;
  at.dataset.items = is;
  at.replaceChildren(...items.map((item, index) => {
    const li = document.createElement('li');
    li.textContent = item;
    fill(li, index);
    return li;
  }));
}

function choices(selector: string, from: Named[], open: string | undefined, choose: (id: string) => void): void {
  const sorted = from.toSorted((a, b) => a.name.localeCompare(b.name));
  list(selector, sorted.map(({ id, name }) => `${id === open ? '• ' : ''}${name}`), (li, index) => {
    const { id, name } = sorted[index]!;
    li.classList.toggle('open', id === open);
    li.replaceChildren(button(name, () => choose(id)));
  });
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.textContent = text;
  made.addEventListener('click', press);
  return made;
}

function draw(): void {
  drawing = false;
  const { workspace, workflow, token } = place;
  const state = studio.state();
  element('.status').textContent = state;
  element('#invited').hidden = token === undefined;
  element('#new-workspace').hidden = element('#people').hidden = state === 'standalone';
  const known = workspace !== undefined && studio.workspaces().some((each) => each.id === workspace);
  element('#of-workspace').hidden = !known;
  choices('#workspaces', studio.workspaces(), workspace, (id) => go(id));
  if (known) drawWorkspace(workspace, workflow);
  const open = known && workflow !== undefined && studio.workflows(workspace).some((each) => each.id === workflow);
  element('.tools').hidden = !open;
  canvas.draw(open ? studio.graph(workflow) : { nodes: new Map(), edges: new Map() });
  list('#changes', open ? studio.changes(workflow) : [], () => {});
}

function drawWorkspace(workspace: string, workflow: string | undefined): void {
  choices('#workflows', studio.workflows(workspace), workflow, (id) => go(workspace, id));
  list('#members', studio.members(workspace).sort(), () => {});
  const documents = studio.documents(workspace).toSorted((a, b) => a.title.localeCompare(b.title));
  list('#documents', documents.map(({ title, text }) => `${title}: ${text}`), () => {});
  const invitations = studio.invitations(workspace);
  list('#invitations', invitations.map(({ tokenHash, revoked }) => `${tokenHash}${revoked ? ' revoked' : ''}`), (li, index) => {
    const { tokenHash, revoked } = invitations[index]!;
    if (!revoked) li.prepend(button('Revoke', () => void tell(studio.revoke(workspace, tokenHash))));
  });
}

/** Says what went wrong, if it did. */
async function tell<T>(doing: Promise<T>, then: (result: T) => void = () => {}): Promise<void> {
  alert.hidden = true;
  try {
    then(await doing);
  } catch (error) {
    complain((error as Error).message);
  }
}

function onSubmit(selector: string, submit: (form: HTMLFormElement) => void): void {
  element<HTMLFormElement>(selector).addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    submit(form);
    form.reset();
  });
}

onSubmit('#new-workspace', (form) => void tell(studio.createWorkspace(form.querySelector('input')!.value), (id) => go(id)));
onSubmit('#new-workflow', (form) => {
  const workspace = place.workspace!;
  void tell(studio.createWorkflow(workspace, form.querySelector('input')!.value), (id) => go(workspace, id));
});
onSubmit('#document', (form) => {
  const [title, text] = [form.querySelector('input')!.value, form.querySelector('textarea')!.value];
  const known = studio.documents(place.workspace!).find((each) => each.title === title);
  void tell(studio.saveDocument(place.workspace!, { id: known?.id ?? newId(), title, text }));
});
input('#import').addEventListener('change', async () => {
  const workspace = place.workspace!;
  const [file] = input('#import').files!;
  await tell(studio.importWorkflow(workspace, file!.name.replace(/\.json$/, ''), await file!.text()), (id) => go(workspace, id));
  input('#import').value = '';
});
element('#invite').addEventListener('click', () => void tell(studio.invite(place.workspace!), (token) => {
  input('#link').value = `${location.origin}${location.pathname}${location.search}#/join/${token}`;
  input('#link').hidden = false;
}));
element('#join').addEventListener('click', () => void tell(studio.join(place.token!), (workspace) => {
  location.replace(`#/w/${encodeURIComponent(workspace)}`); // the token is not kept in the history
}));
for (const add of document.querySelectorAll<HTMLElement>('[data-adds]')) add.addEventListener('click', () => canvas.add(add.dataset.adds!));

addEventListener('hashchange', arrive);
arrive();
