// @ts-check
import { fileSize, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { isPicture } from '../thread.js';
import { Icon } from './icon.js';
import { Thumbnail } from './thumbnail.js';

/** @param {string} kind @param {{mime: string}} file */
function player(kind, file) {
  if (kind === 'voice' || kind === 'audio' || file.mime.startsWith('audio/')) return 'audio';
  if (kind === 'video' || file.mime.startsWith('video/')) return 'video';
  return '';
}

/**
 * A file of a message, shown as what it is, or why it is not here.
 * @param {{file: import('../wire.js').Attachment, kind: string, onPicture: (url: string) => void}} props
 */
export function Attachment({ file, kind, onPicture }) {
  const { url } = file;
  if (!url) return html`<${Missing} file=${file} />`;
  if (isPicture(file, kind)) {
    return html`<${Thumbnail} large=${true} url=${url} label=${t('file.openPhoto')} onOpen=${() => onPicture(url)} />`;
  }
  const label = kind === 'voice' ? t('file.voice') : t('file.audio');
  switch (player(kind, file)) {
    case 'audio':
      return html`<audio class="player" controls preload="none" src=${url} aria-label=${label}></audio>`;
    case 'video':
      return html`<video class="player" controls preload="metadata" src=${url} aria-label=${t('file.video')}></video>`;
    default:
      return html`<${Document} file=${file} url=${url} />`;
  }
}

/** @param {{file: import('../wire.js').Attachment, url: string}} props */
function Document({ file, url }) {
  const name = oneLine(file.name) || t('file.document');
  return html`<a class="document" href=${url} download=${name} title=${t('file.download', { name })}>
    <${Icon} name="document" /><span class="document-name"><bdi>${name}</bdi></span>
    <span class="document-size">${fileSize(file.size)}</span>
  </a>`;
}

/** @param {{file: import('../wire.js').Attachment}} props */
function Missing({ file }) {
  const pending = file.state === 'pending';
  return html`<p class="file-missing"><${Icon} name=${pending ? 'clock' : 'alert'} />
    ${pending ? t('file.pending') : file.reason || t('file.unavailable')}</p>`;
}
