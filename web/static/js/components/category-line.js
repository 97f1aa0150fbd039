// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @typedef {import('../learnwire.js').Category} Category */

/**
 * One category of the settings; the buttons are there for those who may use them.
 * @param {{category: Category, first: boolean, last: boolean, onMove: ((by: -1 | 1) => void) | null, onEdit: (() => void) | null, onArchive: (() => void) | null}} props
 */
export function CategoryLine({ category, first, last, onMove, onEdit, onArchive }) {
  const { name } = category;
  return html`<div class="category-line"><span class="dot" data-color=${category.color || undefined}></span>
    <div class="category-name"><b>${name}</b><small>${category.rest ? `${t('categories.rest')}. ` : ''}${category.description ? `${category.description}. ` : ''}
      ${t('categories.facts', { keywords: category.keywords.length, examples: category.examples.length })}</small></div>
    <div class="category-tools">
      ${onMove && html`<${Tool} label=${t('categories.up', { name })} icon="up" off=${first} onClick=${() => onMove(-1)} />
        <${Tool} label=${t('categories.down', { name })} icon="down" off=${last} onClick=${() => onMove(1)} />`}
      ${onEdit && html`<${Tool} label=${t('categories.edit', { name })} icon="settings" off=${false} onClick=${onEdit} />`}
      ${onArchive && html`<${Tool} label=${t(category.archived ? 'categories.unarchive' : 'categories.archive', { name })} icon=${category.archived ? 'reopen' : 'archive'} off=${category.rest}
        onClick=${onArchive} />`}
    </div></div>`;
}

/** @param {{label: string, icon: string, off: boolean, onClick: () => void}} props */
function Tool({ label, icon, off, onClick }) {
  return html`<button type="button" class="button button-icon" aria-label=${label} title=${label} aria-disabled=${off ? 'true' : undefined}
    onClick=${() => off || onClick()}><${Icon} name=${icon} /></button>`;
}
