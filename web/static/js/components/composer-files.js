// @ts-check
import { fileSize, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/**
 * The files that go with the next reply.
 * @param {{files: {key: string, file: File, url: string}[], onRemove: (key: string) => void}} props
 */
export function ComposerFiles({ files, onRemove }) {
  if (!files.length) return null;
  return html`<ul class="composer-files" aria-label=${t('attach.list')}>
    ${files.map(({ key, file, url }) => html`<li key=${key} class="composer-file">
      ${url ? html`<img src=${url} alt="" />` : html`<${Icon} name="document" />`}
      <span class="composer-file-name"><bdi>${oneLine(file.name) || t('file.document')}</bdi><span class="info-detail">${fileSize(file.size)}</span></span>
      <button type="button" class="button button-icon" aria-label=${t('attach.remove', { name: oneLine(file.name) })} onClick=${() => onRemove(key)}><${Icon} name="close" /></button>
    </li>`)}
  </ul>`;
}

/** Something on its way to the server. @param {{entry: {text: string, note: boolean, name: string, url: string, progress: number}, children: any}} props */
export function SendingMessage({ entry, children }) {
  return html`<article class="message" data-direction=${entry.note ? 'note' : 'out'} data-sending>
    ${entry.url ? html`<img class="sending-picture" src=${entry.url} alt="" />` : ''}
    ${entry.name ? html`<p class="message-label"><${Icon} name="attach" /><bdi>${oneLine(entry.name)}</bdi></p>
      <progress max="1" value=${entry.progress} aria-label=${t('attach.progress', { name: oneLine(entry.name) })}></progress>` : ''}
    ${entry.text ? html`<p class="message-text" dir="auto">${entry.text}</p>` : ''}
    <footer class="message-footer">${children}</footer></article>`;
}
