// Figures of the cluster as text.

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const hundredth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

/** Three digits or so: 0.25, 9.8, 1,204. */
export function number(value) {
  if (value === null || value === undefined) return '–';
  return (value >= 100 ? whole : value >= 10 ? tenth : hundredth).format(value);
}

export const count = (value) => (value === null || value === undefined ? '–' : whole.format(value));
export const percent = (value) => (value === null || value === undefined ? '–' : `${whole.format(value)} %`);

export function millis(value) {
  if (value === null || value === undefined) return '–';
  return value >= 1_000 ? `${number(value / 1_000)} s` : `${number(value)} ms`;
}

export function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, value > 0 ? Math.floor(Math.log2(value) / 10) : 0);
  return `${number(value / 1024 ** power)} ${units[power]}`;
}

/** How long, in its two largest units: 42 s, 3 min 5 s, 2 h 10 min, 4 d 3 h. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3_600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return '0 s';
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(' ');
}

/** A node's address without what all nodes share: `10.0.0.1:25520` of `pekko://skein@10.0.0.1:25520`. */
export const shortAddress = (address) => address.replace(/^.*@/, '');
