// A line over everything while the device has no network.

import { h } from './ui.js';

const banner = h('p', { id: 'offline', hidden: true }, h('strong', {}, 'You are offline.'), ' What is shown was so when the network went.');

/** Puts the line under the header, where it comes and goes. */
export function watchNetwork(top) {
  const holder = h('div', { role: 'status' }, banner);
  const draw = () => (banner.hidden = navigator.onLine);
  addEventListener('online', draw);
  addEventListener('offline', draw);
  draw();
  top.after(holder);
}
