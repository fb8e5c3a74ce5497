/** Chooses accounts 0 to n-1 by the dice of a seed: uniformly for exponent 0, otherwise account i as often as 1 / (i + 1)^exponent. */
export function chooser(accounts: number, exponent: number, seed: number): () => number {
  const random = dice(seed);
  if (exponent === 0) return () => Math.floor(random() * accounts);
  const upTo = new Float64Array(accounts);
  let sum = 0;
  for (let i = 0; i < accounts; i++) upTo[i] = sum += (i + 1) ** -exponent;
  return () => firstAbove(upTo, random() * sum);
}

/** The first index whose value is greater; the last one if none is. */
function firstAbove(rising: Float64Array, value: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Numbers from 0 to below 1: a counter, its bits mixed as MurmurHash3 does at the end. */
function dice(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  };
}
