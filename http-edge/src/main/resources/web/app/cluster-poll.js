// Asks again and again, one question at a time, and only while somebody looks.

/**
 * Calls `ask` every `everyMs`, counted from one question to the next; `answered(answer)` and `failed(error)` hear of it, `failed` answers whether to go
 * on. A hidden tab asks nothing, and asks at once when it is seen again. Answers how to stop.
 */
export function polling({ ask, everyMs, answered, failed }) {
  let timer = 0;
  let busy = false;
  let stopped = false;
  const turn = async () => {
    clearTimeout(timer);
    if (busy || stopped || document.hidden) return;
    busy = true;
    const began = performance.now();
    try {
      const [answer, error] = await ask().then((value) => [value, null], (reason) => [null, reason]);
      if (stopped) return;
      if (!error) answered(answer);
      else if (!failed(error)) stop();
    } finally {
      busy = false;
      if (!stopped) timer = setTimeout(turn, Math.max(0, everyMs - (performance.now() - began)));
    }
  };
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', turn);
  };
  document.addEventListener('visibilitychange', turn);
  turn();
  return stop;
}
