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
    <${Stage} url=${pictures[index]} zoom=${zoom} turn=${turn} onToggle=${() => setZoom((z) => (z === 1 ? 2 : 1))} />
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

/** The picture on a canvas that grows with the zoom and scrolls. @param {{url: string, zoom: number, turn: number, onToggle: () => void}} props */
function Stage({ url, zoom, turn, onToggle }) {
  const stage = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const { current } = stage;
    current?.scrollTo((current.scrollWidth - current.clientWidth) / 2, (current.scrollHeight - current.clientHeight) / 2);
  }, [zoom, turn, url]);
  return html`<div class="lightbox-stage" ref=${stage} tabindex="0" role="group" aria-label=${t('photo.alt')}>
    <div class="lightbox-canvas" data-zoom=${zoom}><img src=${url} alt=${t('photo.alt')} data-turn=${turn} onDblClick=${onToggle} /></div>
  </div>`;
}
