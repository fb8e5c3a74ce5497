// The one text of a JSON value (RFC 8785), and its hash: what the server computes of payloads, so that a client can tell that it has what was committed.
// docs/payload-vectors.json holds both to the same.

/**
 * @param {unknown} value as JSON.parse gives it
 * @returns {string}
 */
export function canonicalJson(value) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no JSON`);
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value); // JavaScript's own numbers are those of the RFC
    if (text === undefined) throw new TypeError(`${typeof value} is no JSON`);
    return text;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)); // by UTF-16 code units, as strings compare
  return `{${members.map(([name, member]) => `${quoted(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** @param {string} text */
function quoted(text) {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('a lone surrogate has no UTF-8');
  return JSON.stringify(text);
}

/**
 * SHA-256 of the canonical text's UTF-8, 64 hex digits.
 * @param {unknown} payload
 * @returns {Promise<string>}
 */
export async function payloadHash(payload) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalJson(payload)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
