// What a view shows, kept in the address behind the workspace: `#/w/<id>?table=card&where=title.has.milk`. A reload and a link keep it; the way
// back leads out of the workspace and not through every filter.

export function readAddress() {
  const at = location.hash.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : location.hash.slice(at + 1));
}

/** Puts these parameters beside the others; null and '' take one out, an array says it several times. */
export function writeAddress(changes) {
  const query = readAddress();
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of [value].flat()) if (one !== null && one !== '') query.append(name, one);
  }
  const text = query.toString();
  history.replaceState(history.state, '', `${location.hash.split('?')[0]}${text && `?${text}`}`);
}
