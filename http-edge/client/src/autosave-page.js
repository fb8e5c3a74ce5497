// When a page goes, and when it is back.

/** @typedef {import('./autosave.js').PageLike} PageLike */

/**
 * `hidden`: nobody looks at it any more, and this may be the last that it does; `shown`: somebody does, or the network is back meanwhile.
 * @param {PageLike} page @param {{ hidden: () => void, shown: () => void }} listeners
 * @returns {() => void} how to stop
 */
export function watchPage(page, { hidden, shown }) {
  const { document } = page;
  const look = () => (document?.visibilityState === 'hidden' ? hidden() : shown());
  /** @type {[PageLike | undefined, string, () => void][]} */
  const wanted = [[page, 'pagehide', hidden], [page, 'pageshow', look], [page, 'online', look], [document, 'visibilitychange', look]];
  for (const [target, event, listener] of wanted) target?.addEventListener?.(event, listener);
  return () => { for (const [target, event, listener] of wanted) target?.removeEventListener?.(event, listener); };
}
