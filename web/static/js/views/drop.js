// @ts-check
import { useState } from 'preact/hooks';

/** Files that are dragged over an element. @param {boolean} wanted @param {(files: Iterable<File>) => void} take */
export function useDrop(wanted, take) {
  const [over, setOver] = useState(false);
  const carries = (/** @type {DragEvent} */ event) => wanted && (event.dataTransfer?.types.includes('Files') ?? false);
  const onDragOver = (/** @type {DragEvent} */ event) => {
    if (!carries(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const onDragLeave = (/** @type {any} */ event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOver(false);
  };
  const onDrop = (/** @type {DragEvent} */ event) => {
    if (!carries(event)) return;
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer?.files ?? []);
  };
  return { over, on: { onDragOver, onDragLeave, onDrop } };
}
