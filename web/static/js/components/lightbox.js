// @ts-check
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

const closest = 4;

/**
 * Pictures, large: zoom, turn, previous and next.
 * @param {{pictures: string[], index: number, onMove: (index: number) => void, onClose: () => void}} props
 */
export function Lightbox({ pictures, index, onMove, onClose }) {
  const [zoom, setZoom] = useState(1);
  const [turn, setTurn] = useState(0);
  const total = pictures.length;
  const move = (/** @type {number} */ by) => {
    const to = index + by;
    if (to < 0 || to >= total) return;
    setZoom(1);
    setTurn(0);
    onMove(to);
  };
  const nearer = () => setZoom((z) => Math.min(z + 1, closest));
  const farther = () => setZoom((z) => Math.max(z - 1, 1));
  const rotate = () => setTurn((degrees) => (degrees + 90) % 360);
  /** @type {Record<string, () => void>} */
  const keys = { ArrowLeft: () => move(-1), ArrowRight: () => move(1), '+': nearer, '-': farther, r: rotate };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => keys[event.key]?.();
  return html`<${Dialog} kind="lightbox" label=${t('photo.title', { index: index + 1, total })} onClose=${onClose} onKeyDown=${onKeyDown}>
    <div class="lightbox-bar">
      <span class="lightbox-title" aria-live="polite">${t('photo.title', { index: index + 1, total })}</span>
      <${Tool} icon="minus" label=${t('photo.zoomOut')} disabled=${zoom === 1} onClick=${farther} />
      <${Tool} icon="plus" label=${t('photo.zoomIn')} disabled=${zoom === closest} onClick=${nearer} />
      <${Tool} icon="rotate" label=${t('photo.rotate')} onClick=${rotate} />
      <${Tool} icon="close" label=${t('app.close')} onClick=${onClose} />
    </div>
    <${Stage} url=${pictures[index]} zoom=${zoom} turn=${turn} onNearer=${nearer} onFarther=${farther} onToggle=${() => setZoom((z) => (z === 1 ? 2 : 1))} />
    <${Tool} icon="previous" label=${t('photo.previous')} disabled=${index === 0} onClick=${() => move(-1)} />
    <${Tool} icon="next" label=${t('photo.next')} disabled=${index === total - 1} onClick=${() => move(1)} />
  </${Dialog}>`;
}

/**
 * A button that keeps the focus when it has nothing left to do: without it the
 * dialog would not hear its keys.
 * @param {{icon: string, label: string, disabled?: boolean, onClick: () => void}} props
 */
function Tool({ icon, label, disabled, onClick }) {
  return html`<button type="button" class="tool" data-tool=${icon} aria-label=${label} title=${label}
    aria-disabled=${disabled ? 'true' : undefined} onClick=${onClick}><${Icon} name=${icon} /></button>`;
}

/** How much two fingers have to part, or to close, for the next step. */
const pinchStep = 1.3;

/** Two fingers that part or close. @param {() => void} onNearer @param {() => void} onFarther */
function usePinch(onNearer, onFarther) {
  const fingers = useRef(/** @type {Map<number, {x: number, y: number}>} */ (new Map()));
  const before = useRef(0);
  const apart = () => {
    const [a, b] = [...fingers.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  const put = (/** @type {PointerEvent} */ { pointerId, clientX: x, clientY: y }) => fingers.current.set(pointerId, { x, y });
  const lift = (/** @type {PointerEvent} */ { pointerId }) => {
    fingers.current.delete(pointerId);
    before.current = 0;
  };
  const onPointerDown = (/** @type {PointerEvent} */ event) => {
    put(event);
    before.current = apart();
  };
  const onPointerMove = (/** @type {PointerEvent} */ event) => {
    if (!fingers.current.has(event.pointerId) || !before.current) return;
    put(event);
    const ratio = apart() / before.current;
    if (ratio < pinchStep && ratio > 1 / pinchStep) return;
    (ratio > 1 ? onNearer : onFarther)();
    before.current = apart();
  };
  return { onPointerDown, onPointerMove, onPointerUp: lift, onPointerCancel: lift, onPointerLeave: lift };
}

/**
 * The picture on a canvas that grows with the zoom and scrolls.
 * @param {{url: string, zoom: number, turn: number, onToggle: () => void, onNearer: () => void, onFarther: () => void}} props
 */
function Stage({ url, zoom, turn, onToggle, onNearer, onFarther }) {
  const stage = useRef(/** @type {HTMLElement | null} */ (null));
  const pinch = usePinch(onNearer, onFarther);
  useLayoutEffect(() => {
    const { current } = stage;
    current?.scrollTo((current.scrollWidth - current.clientWidth) / 2, (current.scrollHeight - current.clientHeight) / 2);
  }, [zoom, turn, url]);
  return html`<div class="lightbox-stage" ref=${stage} tabindex="0" role="group" aria-label=${t('photo.alt')} ...${pinch}>
    <div class="lightbox-canvas" data-zoom=${zoom}><img src=${url} alt=${t('photo.alt')} data-turn=${turn} onDblClick=${onToggle} /></div>
  </div>`;
}
