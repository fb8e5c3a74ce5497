// Who is here, put together from what the server tells: lists, and changes of them.

/** `mode`: `list` (everybody), `active` (those who did something last) or `counts` (nobody by name). */
export class Crowd {
  mode = 'list';
  /** How many are here, and in how many sessions, whoever is shown. */
  users = 0;
  sessions = 0;
  /** Identity → { identity, sessions, active, state }. */
  people = new Map();
  #n = null;

  /** Takes a `presence` message; false if one is missing before it. */
  hear({ n, mode, users, sessions, list = [], put = list, remove = [] }) {
    if (mode === undefined && (this.#n === null || n !== this.#n + 1)) return false;
    if (mode !== undefined) {
      this.mode = mode;
      this.people.clear();
    }
    for (const identity of remove) this.people.delete(identity);
    for (const person of put) this.people.set(person.identity, person);
    Object.assign(this, { users, sessions });
    this.#n = n;
    return true;
  }
}
