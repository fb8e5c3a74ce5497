const STEP_MS = 0.1;
/** Ten seconds; whatever takes longer counts as that. */
const STEPS = 100_000;
const MAX_REASONS = 100;

/** What the clients of this process were told. */
export class Tally {
  /** Came to less went from each account, by accepted transfers of 1. */
  readonly flows: Int32Array;
  #accepted = 0;
  readonly #refusals = new Map<string, number>();
  readonly #latencies = new Uint32Array(STEPS);
  #windowAccepted = 0;
  #opened = 0;

  constructor(accounts: number) {
    this.flows = new Int32Array(accounts);
  }

  accepted(from: number, to: number, millis: number): void {
    this.#accepted++;
    this.flows[from]--;
    this.flows[to]++;
    if (this.#opened === 0) return;
    this.#windowAccepted++;
    this.#latencies[Math.min(STEPS - 1, Math.floor(millis / STEP_MS))]++;
  }

  refused(reason: string): void {
    const known = this.#refusals.has(reason) || this.#refusals.size < MAX_REASONS;
    const counted = known ? reason : 'others';
    this.#refusals.set(counted, (this.#refusals.get(counted) ?? 0) + 1);
  }

  /** A window begins. */
  open(): void {
    this.#latencies.fill(0);
    this.#windowAccepted = 0;
    this.#opened = performance.now();
  }

  /** It ends: accepted transfers in it, its length, and pairs of a latency (the middle of its step, in microseconds) and its count. */
  close(): { accepted: number; millis: number; latencies: [number, number][] } {
    const millis = performance.now() - this.#opened;
    this.#opened = 0;
    const latencies: [number, number][] = [];
    this.#latencies.forEach((count, step) => {
      if (count > 0) latencies.push([Math.round((step + 0.5) * STEP_MS * 1000), count]);
    });
    return { accepted: this.#windowAccepted, millis, latencies };
  }

  /** From the first transfer on. */
  totals(): { accepted: number; refusals: Record<string, number> } {
    return { accepted: this.#accepted, refusals: Object.fromEntries(this.#refusals) };
  }
}
