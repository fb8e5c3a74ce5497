// Looking at a drawing that is larger than its frame: drag the background, turn the wheel, pinch.

const MIN_SCALE = 0.05;
const MAX_SCALE = 3;
const MARGIN_PX = 40;

/** `bounds()` in scene units. Answers { fit, zoom(factor), toScene(pointer), leave }. */
export function createCamera(canvas, scene, bounds) {
  let view = { x: 0, y: 0, scale: 1 };
  let own = false; // whether somebody has looked around: from then on a resize moves nothing
  const fingers = new Map();

  const set = (x, y, scale) => {
    view = { x, y, scale };
    scene.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.x, y: event.clientY - box.y };
  };
  const zoomAt = ({ x, y }, factor) => {
    own = true;
    const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, view.scale * factor));
    const by = scale / view.scale;
    set(x - (x - view.x) * by, y - (y - view.y) * by, scale);
  };
  const zoom = (factor) => zoomAt({ x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 }, factor);
  const fit = () => {
    own = false;
    const box = bounds();
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!Number.isFinite(box.width) || width === 0) return;
    const scale = Math.min(1.2, Math.max(MIN_SCALE, Math.min((width - 2 * MARGIN_PX) / box.width, (height - 2 * MARGIN_PX) / box.height)));
    set((width - box.width * scale) / 2 - box.x * scale, (height - box.height * scale) / 2 - box.y * scale, scale);
  };

  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoomAt(at(event), Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)));
  }, { passive: false });
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    own = true;
    const now = at(event);
    const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    fingers.set(event.pointerId, now);
    if (other) zoomAt(other, distance(now, other) / Math.max(1, distance(before, other)));
    else set(view.x + now.x - before.x, view.y + now.y - before.y, view.scale);
  });
  const lift = (event) => fingers.delete(event.pointerId);
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  const resized = new ResizeObserver(() => own || fit());
  resized.observe(canvas);

  const toScene = (event) => {
    const { x, y } = at(event);
    return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
  };
  return { fit, zoom, toScene, leave: () => resized.disconnect() };
}

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
