/** An id that nobody else makes: 16 hexadecimal digits. Works without HTTPS, as crypto.randomUUID does not. */
export const newId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
