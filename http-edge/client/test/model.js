// A server of the native wire as a model: a few rows, a log, keys; and a network between it and the client that cuts, delays, repeats and reorders.
// It follows docs/native-wire.md and knows nothing of the library.

const KEPT_TRANSACTIONS = 30;
export const ACCOUNTS = ['left', 'right'];
export const TOTAL = 1_000;

/** Numbers from a seed; the same ones for the same seed. */
export class Chance {
  #state;
  constructor(seed) { this.#state = seed >>> 0; }
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(n) { return Math.floor(this.next() * n); }
  of(list) { return list[this.below(list.length)]; }
  is(probability) { return this.next() < probability; }
}

export const SCHEMA = { module: 'model', version: 1, tables: { item: { key: ['id'], event: false }, account: { key: ['id'], event: false }, note: { key: [], event: false } } };

const matches = (where, row) => !where || (where[0] === '=' ? row[where[1]] === where[2] : row[where[1]] >= where[2]);
const inSub = (tables, table, row) => tables.some((asked) => asked === '*' || (asked.table === table && matches(asked.where, row)));

/** What each reducer does: a list of [table, before, after], or a string: the reason for a refusal. */
export const REDUCERS = {
  put: (model, { id, group }) => [['item', model.items.get(id), { id, group, count: model.items.get(id)?.count ?? 0 }]],
  add: (model, { id, group }) => (model.items.has(id) ? 'exists' : [['item', undefined, { id, group, count: 0 }]]),
  raise: (model, { id }) => (model.items.has(id) ? [['item', model.items.get(id), { ...model.items.get(id), count: model.items.get(id).count + 1 }]] : 'missing'),
  remove: (model, { id }) => (model.items.has(id) ? [['item', model.items.get(id), undefined]] : 'missing'),
  transfer: (model, { from, to, by }) => {
    const [a, b] = [model.accounts.get(from), model.accounts.get(to)];
    if (a.amount < by) return 'too_poor';
    return [['account', a, { ...a, amount: a.amount - by }], ['account', b, { ...b, amount: b.amount + by }]];
  },
  note: (model, { text }) => [['note', undefined, { text }]],
  unnote: (model, { text }) => (model.notes.some((note) => note.text === text) ? [['note', { text }, undefined]] : 'missing'),
};

export class Model {
  items = new Map();
  accounts = new Map(ACCOUNTS.map((id) => [id, { id, amount: TOTAL / 2 }]));
  notes = [];
  epoch = 1;
  seq = 10;
  log = []; // { seq, sender, reducer, ops }
  outcomes = new Map(); // key → { outcome, reducer }
  /** How often each key was done, over all epochs. */
  done = new Map();
  sessions = new Set();

  /** @returns the transaction, or a reason */
  decide(sender, reducer, args, { session, id, key } = {}) {
    const known = key === undefined ? undefined : this.outcomes.get(key);
    if (known) return session?.say({ type: 'outcome', id, ...known, ...(known.ok && { repeated: true }) });
    const ops = REDUCERS[reducer](this, args);
    let outcome;
    if (typeof ops === 'string') {
      outcome = { ok: false, error: { code: 'rejected', reason: ops, message: ops } };
    } else {
      this.#apply(ops);
      const transaction = { seq: ++this.seq, sender, reducer, ops };
      this.log.push(transaction);
      if (this.log.length > KEPT_TRANSACTIONS) this.log.shift();
      outcome = { ok: true, seq: this.seq, repeated: false };
      if (key !== undefined) this.done.set(key, (this.done.get(key) ?? 0) + 1);
      for (const each of this.sessions) each.commit(transaction, each === session ? { type: 'outcome', id, ...outcome } : null);
    }
    if (key !== undefined) this.outcomes.set(key, outcome);
    if (!outcome.ok) session?.say({ type: 'outcome', id, ...outcome });
    return outcome;
  }

  #apply(ops) {
    for (const [table, before, after] of ops) {
      if (table === 'note' && after) this.notes.push(after);
      else if (table === 'note') this.notes.splice(this.notes.findIndex((note) => note.text === before.text), 1);
      else if (after) this[`${table}s`].set(after.id, after);
      else this[`${table}s`].delete(before.id);
    }
  }

  /** The history is replaced: nothing of it, and no key, is remembered. */
  restore() {
    for (const session of [...this.sessions]) session.end({ type: 'bye', code: 'unavailable', message: 'replaced', retryAfter: 1 });
    this.epoch++;
    this.seq = 10;
    this.log = [];
    this.outcomes.clear();
  }

  rows(table) { return table === 'note' ? this.notes : [...this[`${table}s`].values()]; }

  /** The rows of a sub, by table. */
  of(tables) {
    const found = {};
    for (const table of Object.keys(SCHEMA.tables)) {
      const rows = this.rows(table).filter((row) => inSub(tables, table, row));
      if (rows.length) found[table] = { rows, ...(table !== 'note' && { versions: rows.map(() => this.seq) }) };
    }
    return found;
  }
}

/** A socket's other end. */
export class Session {
  #model; #socket;
  subs = new Map();
  #isLive = false;
  #isEnded = false;
  #told = 0;

  constructor(model, socket) {
    this.#model = model;
    this.#socket = socket;
    model.sessions.add(this);
  }

  say(...messages) { this.#socket.toClient(messages); }
  end(bye) {
    this.#model.sessions.delete(this);
    this.#isEnded = true;
    this.say(bye);
  }

  get view() { return JSON.stringify([...this.subs].sort(([a], [b]) => a - b)); }

  hear(message) {
    const model = this.#model;
    if (this.#isEnded) return undefined;
    switch (message.type) {
      case 'hello': return this.#hello(message);
      case 'ping': return this.say({ type: 'pong', id: message.id });
      case 'call': return model.decide('me', message.reducer, message.args, { session: this, id: message.id, key: message.key });
      case 'subscribe':
        if (message.tables.some((asked) => asked.table === 'wrong')) return this.say({ type: 'error', id: message.id, error: { code: 'invalid_args', message: 'no such table' } });
        this.subs.set(message.sub, message.tables);
        return this.say({ type: 'subscribed', id: message.id, sub: message.sub, seq: model.seq, view: this.view, tables: model.of(message.tables) });
      case 'unsubscribe':
        this.subs.delete(message.sub);
        return this.say({ type: 'unsubscribed', id: message.id, sub: message.sub, seq: model.seq, view: this.view });
    }
  }

  #hello({ id, subs = [], resume }) {
    const model = this.#model;
    if (subs.some(({ tables }) => tables.some((asked) => asked.table === 'wrong'))) return this.say({ type: 'error', id, error: { code: 'invalid_args', message: 'no such table' } });
    this.#isLive = true;
    for (const { sub, tables } of subs) this.subs.set(sub, tables);
    const welcome = { type: 'welcome', id, session: 's', identity: 'me', role: 'editor', workspace: 'w', module: 'model', epoch: `e${model.epoch}`, seq: model.seq, heartbeat: 15_000 };
    if (subs.length === 0) return this.say(welcome);
    const oldest = model.seq - model.log.length;
    if (resume && resume.epoch === `e${model.epoch}` && resume.view === this.view && resume.seq >= oldest && resume.seq <= model.seq) {
      const tail = model.log.filter(({ seq }) => seq > resume.seq).flatMap((transaction) => this.#messages(transaction, null));
      return this.say(welcome, { type: 'resumed', seq: resume.seq, view: this.view }, ...tail);
    }
    const rows = Object.fromEntries([...this.subs].map(([sub, tables]) => [sub, model.of(tables)]));
    this.say(welcome, { type: 'snapshot', seq: model.seq, view: this.view, ...(resume && { reason: 'stale_cursor' }), subs: rows });
  }

  commit(transaction, outcome) {
    if (this.#isLive) this.say(...this.#messages(transaction, outcome));
  }

  #messages({ seq, sender, reducer, ops }, outcome) {
    const subs = {};
    for (const [sub, tables] of this.subs) {
      for (const [table, before, after] of ops) {
        const [was, is] = [before && inSub(tables, table, before), after && inSub(tables, table, after)];
        if (!was && !is) continue;
        const delta = ((subs[sub] ??= {})[table] ??= {});
        if (is) (delta[was ? 'update' : 'insert'] ??= []).push(after);
        else (delta.delete ??= []).push(table === 'note' ? before : before.id);
      }
    }
    const isSeen = Object.keys(subs).length > 0;
    const messages = isSeen ? [{ type: 'tx', seq, time: '2026-01-01T00:00:00Z', sender, reducer, hash: '', subs }] : [];
    if (outcome) messages.push(outcome);
    else if (!isSeen && this.subs.size > 0 && ++this.#told % 3 === 0) messages.push({ type: 'position', seq });
    return messages;
  }
}

/** A WebSocket class over a network that is as bad as `faults` says. */
export function brokenNetwork(model, clock, chance, faults) {
  return class BrokenSocket {
    static open = new Set();
    #session = null; #sendAt = 0; #sayAt = 0; #isOpen = false; #isCut = false; #unsaid = []; #flushing = null;
    onopen = null; onmessage = null; onclose = null; onerror = null;

    constructor() {
      BrokenSocket.open.add(this);
      if (faults.down) return void clock.setTimeout(() => this.cut(), chance.below(200));
      clock.setTimeout(() => {
        if (this.#isCut) return;
        this.#isOpen = true;
        this.#session = new Session(model, this);
        this.onopen?.();
      }, chance.below(50));
    }

    send(text) {
      if (!this.#isOpen) throw new Error('a real socket cannot send now');
      const message = JSON.parse(text);
      const times = faults.repeat && message.type === 'call' && chance.is(0.05) ? 2 : 1;
      for (let i = 0; i < times; i++) this.#later('#sendAt', () => this.#session.hear(message));
    }

    close() { this.#end(); }

    /** The network goes away: what is on its way is lost, in both directions. */
    cut() {
      if (this.#isCut) return;
      this.#end();
      this.onclose?.();
    }

    #end() {
      this.#isCut = true;
      this.#isOpen = false;
      if (this.#session) model.sessions.delete(this.#session);
      BrokenSocket.open.delete(this);
    }

    #later(direction, action) {
      const delay = faults.slow && chance.is(0.1) ? chance.below(2_000) : chance.below(20);
      const at = Math.max(clock.now() + delay, direction === '#sendAt' ? this.#sendAt : this.#sayAt);
      if (direction === '#sendAt') this.#sendAt = at;
      else this.#sayAt = at;
      clock.setTimeout(() => this.#isCut || action(), at - clock.now());
    }

    /** Messages gather to frames, which end anywhere. */
    toClient(messages) {
      this.#unsaid.push(...messages);
      this.#flushing ??= clock.setTimeout(() => {
        this.#flushing = null;
        while (this.#unsaid.length > 0) this.#frame(this.#unsaid.splice(0, 1 + chance.below(4)));
      }, chance.below(10));
    }

    #held = null;
    #frame(messages) {
      const text = JSON.stringify(messages);
      if (faults.reorder && !this.#held && chance.is(0.01)) {
        this.#held = text;
        return;
      }
      const frames = [text, ...(this.#held ? [this.#held] : []), ...(faults.repeat && chance.is(0.01) ? [text] : [])];
      this.#held = null;
      // Together: were the line cut between two frames that changed places, no client could know of the first one.
      this.#later('#sayAt', () => { for (const frame of frames) if (!this.#isCut) this.onmessage?.({ data: frame }); });
    }
  };
}
