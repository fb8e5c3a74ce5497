// Checks the hash chain in this browser: hash(n) = SHA-256(hash(n−1) ‖ canonical bytes of transaction n), as docs/canonical-bytes.md says.

const NONE = '0'.repeat(64);
const PAGE = 1_000;

/**
 * Reads and checks the whole chain, up to what is its head when it is asked first.
 *
 * `page(after)` answers `GET …/history/chain`; `progress(checked, head)` is called after every page; `signal` ends it.
 * Answers { checked, head, hash, bytes, broken, hidden }: `broken` is null or { seq, why }, where everything before it holds; `hidden` the first transaction
 * whose bytes the server does not give.
 */
export async function checkChain({ page, progress = () => {}, signal, subtle = globalThis.crypto?.subtle }) {
  let [hash, next, checked, bytes, head, epoch] = [NONE, 0, 0, 0, null, null];
  const result = (more = {}) => ({ checked, head, hash, bytes, broken: null, hidden: null, ...more });
  const broken = (seq, why) => result({ broken: { seq, why } });
  while (next !== null) {
    signal?.throwIfAborted();
    const answer = await page(next, PAGE);
    head ??= answer.head;
    epoch ??= answer.epoch;
    if (answer.epoch !== epoch) return broken(checked + 1, 'the history was replaced while it was checked');
    if (answer.hashBefore !== hash) return broken(checked + 1, `this page goes on from ${short(answer.hashBefore)}, the one before ended with ${short(hash)}`);
    for (const { seq, hash: stated, canonical } of answer.transactions) {
      if (seq !== checked + 1) return broken(checked + 1, `#${seq} stands in its place`);
      if (canonical === null) return result({ hidden: seq });
      const content = bytesOf(canonical);
      if (seqIn(content) !== seq) return broken(seq, `its bytes say that it is #${seqIn(content)}`);
      const computed = hex(await subtle.digest('SHA-256', joined(bytesFromHex(hash), content)));
      if (computed !== stated) return broken(seq, `its bytes give ${short(computed)}, stated is ${short(stated)}`);
      hash = computed;
      checked = seq;
      bytes += content.length;
      if (checked === head) return result(); // what came since is not waited for
    }
    progress(checked, head);
    next = answer.next;
  }
  return checked === head ? result() : broken(checked + 1, `it is missing: there are ${head}`);
}

const short = (hash) => `${hash.slice(0, 12)}…`;
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesFromHex = (text) => Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function joined(a, b) {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** A transaction begins with its version, 1, and its seq as LEB128; −1 where it does not. */
export function seqIn(content) {
  if (content[0] !== 1) return -1;
  let value = 0n;
  for (let i = 1, shift = 0n; i < content.length && i <= 10; i++, shift += 7n) {
    value |= BigInt(content[i] & 0x7f) << shift;
    if (content[i] < 0x80) return Number(value);
  }
  return -1;
}
