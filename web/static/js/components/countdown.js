// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';

/**
 * What is left of a time that ends, in words and as a line that shrinks.
 * @param {{until: number, whole: number, text: string, over: string}} props milliseconds, and the keys of the words
 */
export function Countdown({ until, whole, text, over }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return html`<span class="countdown" role="timer" aria-live="off">
    <progress max=${whole / 1000} value=${seconds} aria-hidden="true"></progress>
    ${seconds > 0 ? t(text, { count: seconds }) : t(over)}
  </span>`;
}
