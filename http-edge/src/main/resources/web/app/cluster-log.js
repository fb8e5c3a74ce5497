// What GET /v1/cluster answered in the last five minutes, as numbers to draw. Nothing here knows of the page.

export const KEPT_MS = 300_000;
/** Answers come once a second; whatever asks more often still ends somewhere. */
const MAX_SAMPLES = 600;

/** The figures of a node's report by name; latencies are null where nothing was measured. Rates and latencies are of the last ten seconds. */
export function figuresOf(report) {
  const spread = ({ last10s }, name) => (last10s.count === 0 ? null : last10s[name]);
  return {
    commits: report.commitsPerSecond.last10s,
    calls: report.callsPerSecond.last10s,
    fanOut50: spread(report.fanOut, 'p50Millis'),
    fanOut99: spread(report.fanOut, 'p99Millis'),
    journal50: spread(report.journal, 'p50Millis'),
    journal99: spread(report.journal, 'p99Millis'),
    lag: report.journalLagMillis,
    sessions: report.sessions,
    relays: report.relays,
    workspaces: report.workspaces,
    shards: report.shards,
    heap: (100 * report.heap.usedBytes) / report.heap.maxBytes,
  };
}

const ADDED = ['commits', 'calls', 'sessions', 'relays', 'workspaces', 'shards'];
const WORST = ['fanOut50', 'fanOut99', 'journal50', 'journal99', 'lag', 'heap'];

/** Of several nodes: what can be added is added; of latencies and heap the worst node counts, quantiles have no sum. Null: nobody says. */
export function together(figures) {
  const all = {};
  const known = (name) => figures.map((one) => one[name]).filter((value) => value !== null);
  for (const name of ADDED) all[name] = known(name).length ? known(name).reduce((sum, value) => sum + value, 0) : null;
  for (const name of WORST) all[name] = known(name).length ? Math.max(...known(name)) : null;
  return all;
}

export class ClusterLog {
  #samples = [];
  #heard = new Map(); // address → when it reported last
  latest = null;

  /** `at`: when the answer came, by this browser's clock, in ms. */
  add(answer, at) {
    const nodes = new Map(answer.nodes.map((node) => [node.address, node.report && figuresOf(node.report)]));
    for (const [address, figures] of nodes) if (figures) this.#heard.set(address, at);
    for (const address of this.#heard.keys()) if (!nodes.has(address)) this.#heard.delete(address);
    const last = this.#samples.at(-1);
    if (last && last.at >= at) this.#samples = []; // the clock was set back: what was is in no order with what comes
    this.#samples.push({ at, nodes, all: together([...nodes.values()].filter(Boolean)) });
    const from = this.#samples.findIndex((sample) => sample.at > at - KEPT_MS);
    this.#samples.splice(0, Math.max(from, this.#samples.length - MAX_SAMPLES));
    this.latest = answer;
  }

  /** When a node reported last, undefined if not while this page looked. */
  heard(address) { return this.#heard.get(address); }

  /** `[{ at, values: { name → number or null } }]` of one node, or of all together. */
  series(names, address = null) {
    return this.#samples.map(({ at, nodes, all }) => {
      const figures = address === null ? all : nodes.get(address);
      return { at, values: Object.fromEntries(names.map((name) => [name, figures?.[name] ?? null])) };
    });
  }

  /** The same figure of several nodes: values by address. */
  byNode(name, addresses) {
    return this.#samples.map(({ at, nodes }) => ({ at, values: Object.fromEntries(addresses.map((address) => [address, nodes.get(address)?.[name] ?? null])) }));
  }
}
